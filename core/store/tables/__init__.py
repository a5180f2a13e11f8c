"""The tables: three of the existing application as they are, and our own beside them (prefix ``assay_``)."""

from core.store.tables.audit import Audit
from core.store.tables.base import SYSTEM_USER, Base
from core.store.tables.comparisons import Comparison, ComparisonEvent, ComparisonServing
from core.store.tables.counts import Change, KeptCounts, PartCounts
from core.store.tables.exports import Export
from core.store.tables.finetuning import FineTuning, FineTuningEvent
from core.store.tables.guidelines import Guideline, GuidelineGap
from core.store.tables.judges import JudgeChoice, JudgeScore
from core.store.tables.legacy import LegacyInteraction, LegacySession, LegacyTraining
from core.store.tables.models import Embedding, HeldOutPrompt, ModelVersion, Prediction, Promotion, Run, RunEvent
from core.store.tables.outcomes import AnswersGiven, Feedback, Occurrence
from core.store.tables.people import Identity, Rater, SignIn, Visitor
from core.store.tables.queue import Draft, Lease, QueuePreference, Setting, Showing, Suggestion
from core.store.tables.rating import BetterAnswer, Generator, Import, Item, Rating, RatingEvent, TextHistory
from core.store.tables.reranking import Case, Preference
from core.store.tables.running import Job, Worker
from core.store.tables.serving import ApiKey, Reranking
from core.store.tables.uploads import Upload
from core.store.tables.worth import AuditSample, AuditSampled, WorthScore

__all__ = [
    "SYSTEM_USER",
    "AnswersGiven",
    "ApiKey",
    "Audit",
    "AuditSample",
    "AuditSampled",
    "Base",
    "BetterAnswer",
    "Case",
    "Change",
    "Comparison",
    "ComparisonEvent",
    "ComparisonServing",
    "Draft",
    "Embedding",
    "Export",
    "Feedback",
    "FineTuning",
    "FineTuningEvent",
    "Generator",
    "Guideline",
    "GuidelineGap",
    "HeldOutPrompt",
    "Identity",
    "Import",
    "Item",
    "Job",
    "JudgeChoice",
    "JudgeScore",
    "KeptCounts",
    "Lease",
    "LegacyInteraction",
    "LegacySession",
    "LegacyTraining",
    "ModelVersion",
    "Occurrence",
    "PartCounts",
    "Prediction",
    "Preference",
    "Promotion",
    "QueuePreference",
    "Rater",
    "Rating",
    "RatingEvent",
    "Reranking",
    "Run",
    "RunEvent",
    "Setting",
    "Showing",
    "SignIn",
    "Suggestion",
    "TextHistory",
    "Upload",
    "Visitor",
    "Worker",
    "WorthScore",
]
