SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE FUNCTION public.assay_audit_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the record of who did what is append-only'; END $$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.assay_alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.assay_api_keys (
    key_id integer NOT NULL,
    name character varying(100) NOT NULL,
    start character varying(16) NOT NULL,
    key_hash character varying(64) NOT NULL,
    created_by character varying(100) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone
);
CREATE SEQUENCE public.assay_api_keys_key_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.assay_api_keys_key_id_seq OWNED BY public.assay_api_keys.key_id;
CREATE TABLE public.assay_audit (
    audit_id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    actor character varying(100) NOT NULL,
    action character varying(40) NOT NULL,
    subject character varying(200) NOT NULL,
    old jsonb,
    new jsonb
);
CREATE SEQUENCE public.assay_audit_audit_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.assay_audit_audit_id_seq OWNED BY public.assay_audit.audit_id;
CREATE TABLE public.assay_cases (
    case_id integer NOT NULL,
    rater_id integer NOT NULL,
    name character varying(100) NOT NULL,
    prompt text NOT NULL,
    texts jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.assay_cases_case_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.assay_cases_case_id_seq OWNED BY public.assay_cases.case_id;
CREATE TABLE public.assay_desks (
    rater_id integer NOT NULL,
    "order" character varying(16) NOT NULL,
    filters jsonb NOT NULL,
    served integer NOT NULL
);
CREATE TABLE public.assay_drafts (
    rater_id integer NOT NULL,
    interaction_id integer NOT NULL,
    comment text NOT NULL,
    bias_flag boolean NOT NULL,
    updated_at timestamp with time zone NOT NULL
);
CREATE TABLE public.assay_embeddings (
    fingerprint character varying(200) NOT NULL,
    text_hash character varying(64) NOT NULL,
    count integer NOT NULL,
    dim integer NOT NULL,
    vectors bytea NOT NULL
);
CREATE TABLE public.assay_exports (
    export_id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    by character varying(100) NOT NULL,
    kind character varying(16) NOT NULL,
    place text NOT NULL,
    answers integer NOT NULL,
    identifiers character varying(16) NOT NULL,
    reason text,
    CONSTRAINT ck_assay_exports_ck_assay_exports_identifiers CHECK (((identifiers)::text = ANY ((ARRAY['none'::character varying, 'left out'::character varying, 'included'::character varying])::text[]))),
    CONSTRAINT ck_assay_exports_ck_assay_exports_reason CHECK ((((identifiers)::text = 'included'::text) = (reason IS NOT NULL)))
);
CREATE SEQUENCE public.assay_exports_export_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.assay_exports_export_id_seq OWNED BY public.assay_exports.export_id;
CREATE TABLE public.assay_guideline_gaps (
    gap_id integer NOT NULL,
    interaction_id integer NOT NULL,
    note text NOT NULL,
    by character varying(100) NOT NULL,
    at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone
);
CREATE SEQUENCE public.assay_guideline_gaps_gap_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.assay_guideline_gaps_gap_id_seq OWNED BY public.assay_guideline_gaps.gap_id;
CREATE TABLE public.assay_guidelines (
    version integer NOT NULL,
    markdown text NOT NULL,
    by character varying(100) NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.assay_held_out (
    prompt_group character varying(64) NOT NULL,
    frozen_at timestamp with time zone NOT NULL
);
CREATE TABLE public.assay_identities (
    identity_id integer NOT NULL,
    issuer character varying(500) NOT NULL,
    subject character varying(255) NOT NULL,
    rater_id integer,
    name character varying(100) NOT NULL,
    email character varying(254),
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.assay_identities_identity_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.assay_identities_identity_id_seq OWNED BY public.assay_identities.identity_id;
CREATE TABLE public.assay_imports (
    import_id integer NOT NULL,
    file_name text NOT NULL,
    file_hash character varying(64) NOT NULL,
    state character varying(16) NOT NULL,
    rows_done integer NOT NULL,
    added integer NOT NULL,
    ratings integer NOT NULL,
    duplicates integer NOT NULL,
    rejected_total integer NOT NULL,
    rejected jsonb NOT NULL,
    process text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    heartbeat_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT ck_assay_imports_ck_assay_imports_state CHECK (((state)::text = ANY ((ARRAY['running'::character varying, 'finished'::character varying, 'stopped'::character varying])::text[])))
);
CREATE SEQUENCE public.assay_imports_import_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.assay_imports_import_id_seq OWNED BY public.assay_imports.import_id;
CREATE TABLE public.assay_items (
    interaction_id integer NOT NULL,
    identity character varying(64),
    prompt_group character varying(64) NOT NULL,
    context_id text,
    session_label text,
    source character varying(16) NOT NULL,
    import_id integer,
    extra jsonb,
    response_words integer NOT NULL,
    consensus double precision,
    n_ratings integer NOT NULL,
    rated_at timestamp with time zone,
    mirrored_rating integer,
    mirrored_comment text,
    mirrored_bias boolean,
    created_at timestamp with time zone NOT NULL,
    places integer DEFAULT 0 NOT NULL,
    random_key integer DEFAULT 0 NOT NULL,
    adjudicated integer,
    identifiers jsonb,
    identifier_rules integer DEFAULT 0 NOT NULL,
    CONSTRAINT ck_assay_items_adjudicated CHECK (((adjudicated IS NULL) OR ((adjudicated >= 1) AND (adjudicated <= 5)))),
    CONSTRAINT ck_assay_items_ck_assay_items_consensus CHECK (((consensus IS NULL) OR ((consensus >= (1)::double precision) AND (consensus <= (5)::double precision)))),
    CONSTRAINT ck_assay_items_ck_assay_items_source CHECK (((source)::text = ANY ((ARRAY['legacy'::character varying, 'import'::character varying, 'manual'::character varying, 'sample'::character varying])::text[])))
);
CREATE TABLE public.assay_leases (
    interaction_id integer NOT NULL,
    rater_id integer NOT NULL,
    request_id character varying(32) NOT NULL,
    chosen character varying(16) NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.assay_model_versions (
    model_version character varying(100) NOT NULL,
    run_id integer NOT NULL,
    recipe character varying(32) NOT NULL,
    sha256 character varying(64) NOT NULL,
    n integer NOT NULL,
    prompts integer NOT NULL,
    sample boolean NOT NULL,
    metrics jsonb NOT NULL,
    champion boolean,
    created_at timestamp with time zone NOT NULL,
    legacy_row jsonb,
    lineage jsonb,
    held_out jsonb,
    archived_at timestamp with time zone,
    archived_by character varying(100)
);
CREATE TABLE public.assay_predictions (
    run_id integer NOT NULL,
    interaction_id integer NOT NULL,
    fold integer NOT NULL,
    score double precision NOT NULL
);
CREATE TABLE public.assay_preferences (
    preference_id integer NOT NULL,
    rater_id integer NOT NULL,
    prompt text NOT NULL,
    prompt_group character varying(64) NOT NULL,
    chosen text NOT NULL,
    rejected text NOT NULL,
    pair_hash character varying(64) NOT NULL,
    model_version character varying(100),
    created_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.assay_preferences_preference_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.assay_preferences_preference_id_seq OWNED BY public.assay_preferences.preference_id;
CREATE TABLE public.assay_promotions (
    promotion_id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    action character varying(16) NOT NULL,
    by character varying(100) NOT NULL,
    model_version character varying(100),
    previous character varying(100),
    reason text NOT NULL
);
CREATE SEQUENCE public.assay_promotions_promotion_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.assay_promotions_promotion_id_seq OWNED BY public.assay_promotions.promotion_id;
CREATE TABLE public.assay_raters (
    rater_id integer NOT NULL,
    name character varying(100) NOT NULL,
    name_key character varying(100) NOT NULL,
    kind character varying(16) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    role character varying(16) DEFAULT 'lead'::character varying NOT NULL,
    disabled boolean DEFAULT false NOT NULL,
    email character varying(254),
    forgotten_at timestamp with time zone,
    CONSTRAINT ck_assay_raters_ck_assay_raters_kind CHECK (((kind)::text = ANY ((ARRAY['person'::character varying, 'imported'::character varying, 'legacy'::character varying, 'sample'::character varying])::text[])))
);
CREATE SEQUENCE public.assay_raters_rater_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.assay_raters_rater_id_seq OWNED BY public.assay_raters.rater_id;
CREATE TABLE public.assay_rating_events (
    event_id integer NOT NULL,
    interaction_id integer NOT NULL,
    rater_id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    action character varying(16) NOT NULL,
    request_id character varying(64),
    old jsonb,
    new jsonb NOT NULL,
    shown_ms integer,
    guideline_version integer,
    score_visible boolean DEFAULT false NOT NULL,
    chosen character varying(16),
    undoes integer
);
CREATE SEQUENCE public.assay_rating_events_event_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.assay_rating_events_event_id_seq OWNED BY public.assay_rating_events.event_id;
CREATE TABLE public.assay_ratings (
    rating_id integer NOT NULL,
    interaction_id integer NOT NULL,
    rater_id integer NOT NULL,
    status character varying(16) NOT NULL,
    rating integer,
    comment text,
    bias_flag boolean NOT NULL,
    import_id integer,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    reason text,
    CONSTRAINT ck_assay_ratings_ck_assay_ratings_rating CHECK (((rating IS NULL) OR ((rating >= 1) AND (rating <= 5)))),
    CONSTRAINT ck_assay_ratings_ck_assay_ratings_submitted_has_rating CHECK ((((status)::text = 'submitted'::text) = (rating IS NOT NULL))),
    CONSTRAINT ck_assay_ratings_status CHECK (((status)::text = ANY ((ARRAY['submitted'::character varying, 'skipped'::character varying, 'withdrawn'::character varying, 'noted'::character varying, 'discarded'::character varying])::text[])))
);
CREATE SEQUENCE public.assay_ratings_rating_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.assay_ratings_rating_id_seq OWNED BY public.assay_ratings.rating_id;
CREATE TABLE public.assay_rerankings (
    reranking_id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    source character varying(16) NOT NULL,
    model_version character varying(100),
    candidates integer NOT NULL,
    milliseconds double precision NOT NULL,
    fallback boolean NOT NULL,
    first_replaced boolean,
    scores jsonb,
    CONSTRAINT ck_assay_rerankings_source CHECK (((source)::text = ANY ((ARRAY['api'::character varying, 'page'::character varying, 'command line'::character varying])::text[])))
);
CREATE SEQUENCE public.assay_rerankings_reranking_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.assay_rerankings_reranking_id_seq OWNED BY public.assay_rerankings.reranking_id;
CREATE TABLE public.assay_run_events (
    run_id integer NOT NULL,
    number integer NOT NULL,
    at timestamp with time zone NOT NULL,
    kind character varying(32) NOT NULL,
    payload jsonb NOT NULL
);
CREATE TABLE public.assay_runs (
    run_id integer NOT NULL,
    state character varying(16) NOT NULL,
    active boolean,
    recipe character varying(32) NOT NULL,
    seed integer NOT NULL,
    requested_by character varying(100) NOT NULL,
    process text,
    cancel_requested boolean NOT NULL,
    started_at timestamp with time zone NOT NULL,
    heartbeat_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    sample boolean NOT NULL,
    model_version character varying(100),
    message text,
    result jsonb,
    CONSTRAINT ck_assay_runs_ck_assay_runs_active CHECK (((active IS NOT NULL) = ((state)::text = ANY ((ARRAY['queued'::character varying, 'running'::character varying])::text[])))),
    CONSTRAINT ck_assay_runs_ck_assay_runs_state CHECK (((state)::text = ANY ((ARRAY['queued'::character varying, 'running'::character varying, 'finished'::character varying, 'failed'::character varying, 'cancelled'::character varying])::text[])))
);
CREATE SEQUENCE public.assay_runs_run_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.assay_runs_run_id_seq OWNED BY public.assay_runs.run_id;
CREATE TABLE public.assay_settings (
    name character varying(40) NOT NULL,
    value jsonb NOT NULL,
    updated_at timestamp with time zone NOT NULL
);
CREATE TABLE public.assay_sign_ins (
    key character varying(64) NOT NULL,
    identity_id integer,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);
CREATE TABLE public.assay_suggestions (
    interaction_id integer NOT NULL,
    rank integer NOT NULL,
    chosen character varying(16) NOT NULL,
    score double precision
);
CREATE TABLE public.assay_text_history (
    history_id integer NOT NULL,
    interaction_id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    action character varying(16) NOT NULL,
    by character varying(100) NOT NULL,
    user_prompt text NOT NULL,
    ai_response text NOT NULL,
    context_id text
);
CREATE SEQUENCE public.assay_text_history_history_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.assay_text_history_history_id_seq OWNED BY public.assay_text_history.history_id;
CREATE TABLE public.assay_visitors (
    token_hash character varying(64) NOT NULL,
    rater_id integer NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.rlhf_interactions (
    interaction_id integer NOT NULL,
    session_id integer,
    user_prompt text NOT NULL,
    ai_response text NOT NULL,
    rating integer,
    feedback_comment text,
    bias_flag boolean DEFAULT false,
    created_by integer,
    updated_by integer,
    created_dt timestamp without time zone DEFAULT CURRENT_TIMESTAMP,
    updated_dt timestamp without time zone DEFAULT CURRENT_TIMESTAMP
);
CREATE SEQUENCE public.rlhf_interactions_interaction_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.rlhf_interactions_interaction_id_seq OWNED BY public.rlhf_interactions.interaction_id;
CREATE TABLE public.rlhf_reward_model_training (
    training_id integer NOT NULL,
    model_version character varying(100),
    total_interactions integer,
    avg_reward double precision,
    loss_value double precision,
    accuracy double precision,
    trained_by integer,
    created_by integer,
    updated_by integer,
    created_dt timestamp without time zone DEFAULT CURRENT_TIMESTAMP,
    updated_dt timestamp without time zone DEFAULT CURRENT_TIMESTAMP
);
CREATE SEQUENCE public.rlhf_reward_model_training_training_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.rlhf_reward_model_training_training_id_seq OWNED BY public.rlhf_reward_model_training.training_id;
CREATE TABLE public.rlhf_sessions (
    session_id integer NOT NULL,
    user_id integer,
    model_version character varying(100),
    session_start timestamp without time zone,
    session_end timestamp without time zone,
    status character varying(50),
    notes text,
    created_by integer,
    updated_by integer,
    created_dt timestamp without time zone DEFAULT CURRENT_TIMESTAMP,
    updated_dt timestamp without time zone DEFAULT CURRENT_TIMESTAMP
);
CREATE SEQUENCE public.rlhf_sessions_session_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.rlhf_sessions_session_id_seq OWNED BY public.rlhf_sessions.session_id;
ALTER TABLE ONLY public.assay_api_keys ALTER COLUMN key_id SET DEFAULT nextval('public.assay_api_keys_key_id_seq'::regclass);
ALTER TABLE ONLY public.assay_audit ALTER COLUMN audit_id SET DEFAULT nextval('public.assay_audit_audit_id_seq'::regclass);
ALTER TABLE ONLY public.assay_cases ALTER COLUMN case_id SET DEFAULT nextval('public.assay_cases_case_id_seq'::regclass);
ALTER TABLE ONLY public.assay_exports ALTER COLUMN export_id SET DEFAULT nextval('public.assay_exports_export_id_seq'::regclass);
ALTER TABLE ONLY public.assay_guideline_gaps ALTER COLUMN gap_id SET DEFAULT nextval('public.assay_guideline_gaps_gap_id_seq'::regclass);
ALTER TABLE ONLY public.assay_identities ALTER COLUMN identity_id SET DEFAULT nextval('public.assay_identities_identity_id_seq'::regclass);
ALTER TABLE ONLY public.assay_imports ALTER COLUMN import_id SET DEFAULT nextval('public.assay_imports_import_id_seq'::regclass);
ALTER TABLE ONLY public.assay_preferences ALTER COLUMN preference_id SET DEFAULT nextval('public.assay_preferences_preference_id_seq'::regclass);
ALTER TABLE ONLY public.assay_promotions ALTER COLUMN promotion_id SET DEFAULT nextval('public.assay_promotions_promotion_id_seq'::regclass);
ALTER TABLE ONLY public.assay_raters ALTER COLUMN rater_id SET DEFAULT nextval('public.assay_raters_rater_id_seq'::regclass);
ALTER TABLE ONLY public.assay_rating_events ALTER COLUMN event_id SET DEFAULT nextval('public.assay_rating_events_event_id_seq'::regclass);
ALTER TABLE ONLY public.assay_ratings ALTER COLUMN rating_id SET DEFAULT nextval('public.assay_ratings_rating_id_seq'::regclass);
ALTER TABLE ONLY public.assay_rerankings ALTER COLUMN reranking_id SET DEFAULT nextval('public.assay_rerankings_reranking_id_seq'::regclass);
ALTER TABLE ONLY public.assay_runs ALTER COLUMN run_id SET DEFAULT nextval('public.assay_runs_run_id_seq'::regclass);
ALTER TABLE ONLY public.assay_text_history ALTER COLUMN history_id SET DEFAULT nextval('public.assay_text_history_history_id_seq'::regclass);
ALTER TABLE ONLY public.rlhf_interactions ALTER COLUMN interaction_id SET DEFAULT nextval('public.rlhf_interactions_interaction_id_seq'::regclass);
ALTER TABLE ONLY public.rlhf_reward_model_training ALTER COLUMN training_id SET DEFAULT nextval('public.rlhf_reward_model_training_training_id_seq'::regclass);
ALTER TABLE ONLY public.rlhf_sessions ALTER COLUMN session_id SET DEFAULT nextval('public.rlhf_sessions_session_id_seq'::regclass);
INSERT INTO public.assay_alembic_version VALUES
	('0013');
INSERT INTO public.assay_api_keys VALUES
	(1, 'portal', 'assay_nWYD0O', '7200e531e5ddbb1ac2405bdf7fe783eb6c7e8df0f34974be4264e64f21523ed2', 'command line', '2026-11-28 18:39:44.912488+00', NULL, NULL),
	(2, 'old portal', 'assay_79RCQx', '8d0b866a5c1dbe22c33c8963b3b80ac83010361a48c811fd295a89429ac525df', 'command line', '2026-11-28 18:39:44.914558+00', NULL, '2026-11-28 18:39:44.917282+00');
INSERT INTO public.assay_audit VALUES
	(1, '2026-11-28 18:39:44.311233+00', 'command line', 'started import', 'import 1', NULL, '{"sha256": "2f1f64adbe187e7d0267353ca8ae82a55fd2bd5c3d5934af5304f947f98d5afc", "source": "import", "resumed": false}'),
	(2, '2026-11-28 18:39:44.439991+00', 'command line', 'finished import', 'import 1', NULL, '{"added": 68, "ratings": 136, "rejected": 0}'),
	(3, '2026-11-28 18:39:44.445795+00', 'person 4', 'chose a new name', 'person 4', NULL, '{"role": "lead"}'),
	(4, '2026-11-28 18:39:44.450517+00', 'person 5', 'chose a new name', 'person 5', NULL, '{"role": "lead"}'),
	(5, '2026-11-28 18:39:44.465914+00', 'person 6', 'chose a new name', 'person 6', NULL, '{"role": "lead"}'),
	(6, '2026-11-28 18:39:44.490054+00', 'command line', 'invited', 'person 7', NULL, '{"role": "lead"}'),
	(7, '2026-11-28 18:39:44.497011+00', 'command line', 'invited', 'person 8', NULL, '{"role": "sme"}'),
	(8, '2026-11-28 18:39:44.535032+00', 'person 7', 'signed in', 'person 7', NULL, NULL),
	(9, '2026-11-28 18:39:44.547091+00', 'command line', 'invited', 'person 9', NULL, '{"role": "viewer"}'),
	(10, '2026-11-28 18:39:44.558676+00', 'command line', 'invited', 'person 10', NULL, '{"role": "sme"}'),
	(11, '2026-11-28 18:39:44.578101+00', 'command line', 'disabled', 'person 10', NULL, NULL),
	(12, '2026-11-28 18:39:44.599036+00', 'person 4', 'guidelines saved', 'guidelines', '{"version": 0}', '{"sha256": "bf8bd33ff64924a314367d5973a94f02bed4ad2a80f123d9da2b7195687f81e7", "version": 1}'),
	(13, '2026-11-28 18:39:44.613861+00', 'command line', 'changed queue', 'raters per answer', '{"raters": 1, "overlap": 10}', '{"raters": 2, "overlap": 10}'),
	(14, '2026-11-28 18:39:44.627315+00', 'command line', 'changed reminder', 'retraining', '{"days": 30, "ratings": 100}', '{"days": 30, "ratings": 7}'),
	(15, '2026-11-28 18:39:44.630184+00', 'command line', 'changed second looks', 'repeated ratings', '{"days": 7, "share": 4}', '{"days": 7, "share": 3}'),
	(16, '2026-11-28 18:39:44.775952+00', 'person 4', 'adjudicated', 'interaction 78', '{"adjudicated": null}', '{"adjudicated": 4}'),
	(17, '2026-11-28 18:39:44.781236+00', 'person 4', 'gap marked', 'interaction 78', NULL, '{"gap": 1}'),
	(18, '2026-11-28 18:39:44.867444+00', 'command line', 'edited answer', 'interaction 83', '{"sha256": "17cbb8010473961750c43298e78ba84d7a59f2544285c0792bcee8aab503b141"}', '{"sha256": "bf72fa4ee6b489de546a808b581f4a0f7e4f127e62b6dd0f4bfb7c70bce58909", "ratings withdrawn": true}'),
	(19, '2026-11-28 18:39:44.900358+00', 'person 5', 'revealed identifiers', 'interaction 84', NULL, '{"name": 3, "phone": 1}'),
	(20, '2026-11-28 18:39:44.905818+00', 'person 4', 'saved case', 'case 1', NULL, '{"answers": 2}'),
	(21, '2026-11-28 18:39:44.910603+00', 'person 4', 'kept preferences', 'order of no model', NULL, '{"pairs": 1}'),
	(22, '2026-11-28 18:39:44.913508+00', 'command line', 'created key', 'key 1', NULL, NULL),
	(23, '2026-11-28 18:39:44.915122+00', 'command line', 'created key', 'key 2', NULL, NULL),
	(24, '2026-11-28 18:39:44.917594+00', 'command line', 'revoked key', 'key 2', NULL, NULL),
	(25, '2026-11-28 18:39:44.928334+00', 'command line', 'started training', 'run 1', NULL, '{"seed": 0, "recipe": "pair"}'),
	(26, '2026-11-28 18:40:09.418878+00', 'training', 'trained', 'model sbert-logreg-v20261128-184009', NULL, '{"n": 78, "run": 1, "sha256": "a24dd5c80ec0c3e0c82bcba32cfd0bd1e4472b7f8441c511736925775ab406ed"}'),
	(27, '2026-11-28 18:40:09.435376+00', 'rule', 'promoted', 'model sbert-logreg-v20261128-184009', '{"champion": null}', '{"champion": "sbert-logreg-v20261128-184009"}');
INSERT INTO public.assay_cases VALUES
	(1, 4, 'a case', 'prompt of a case', '["a", "b"]', '2026-11-28 18:39:44.904716+00');
INSERT INTO public.assay_desks VALUES
	(5, 'oldest', '{}', 1);
INSERT INTO public.assay_drafts VALUES
	(5, 79, '', false, '2026-11-28 18:39:44.811111+00'),
	(5, 82, 'half a sentence', true, '2026-11-28 18:39:44.843951+00');
INSERT INTO public.assay_guideline_gaps VALUES
	(1, 78, 'Say what a 3 is.', 'Lena', '2026-11-28 18:39:44.780094+00', NULL);
INSERT INTO public.assay_guidelines VALUES
	(1, '5 is good, 1 is harmful.', 'Lena', '2026-11-28 18:39:44.597985+00');
INSERT INTO public.assay_identities VALUES
	(1, 'https://id.example.org', 'lea', 7, 'Lea', 'lea@example.org', '2026-11-28 18:39:44.512347+00', '2026-11-28 18:39:44.518582+00');
INSERT INTO public.assay_imports VALUES
	(1, 'release_rows.csv', '2f1f64adbe187e7d0267353ca8ae82a55fd2bd5c3d5934af5304f947f98d5afc', 'finished', 136, 68, 136, 0, 0, '[]', 'vm:17570', '2026-11-28 18:39:44.30683+00', '2026-11-28 18:39:44.438383+00', '2026-11-28 18:39:44.43838+00');
INSERT INTO public.assay_items VALUES
	(1, '03e720304bce9a705ee732d7a53e3b6f4278ed8ea3638b5fca864eb92118687d', 'dcae12a02af25f28af457af93d78308c1a49e74b378e33f4773bc74966ce4dd3', NULL, '1', 'legacy', NULL, NULL, 5, 5, 1, '2025-11-01 10:02:00+00', 5, 'clear', false, '2026-11-28 18:39:44.236754+00', 0, 667859765, NULL, NULL, 1),
	(2, '9195ea6e4b39cc435890ef36f9859187074edb702d1ef521e9afe34408818ce1', 'dcae12a02af25f28af457af93d78308c1a49e74b378e33f4773bc74966ce4dd3', NULL, '1', 'legacy', NULL, NULL, 5, 2, 1, '2025-11-01 10:03:00.123456+00', 2, '', true, '2026-11-28 18:39:44.236773+00', 0, 1027023346, NULL, NULL, 1),
	(3, '251a7f46016b961c874ca6d01661143b86543e00fd97140021a19629b3ad7108', 'f259314922deac9a91874a8fea0dc4d1ec276d0a8030a85639f44d87508f0ba9', NULL, '2', 'legacy', NULL, NULL, 6, 4, 1, '2025-11-02 10:01:00+00', 4, NULL, NULL, '2026-11-28 18:39:44.236779+00', 0, 2022495413, NULL, NULL, 1),
	(6, '42a6e6d70aaeb2c5b8167207db68329bb85f3acf0db2ab7f1e5ed07b251d59e6', '3cad3da3dbbe1c106b3219f6c278a565f411cee74f0848956aff65d3df4846a7', NULL, NULL, 'legacy', NULL, NULL, 1, 3, 1, '2025-11-04 10:01:00+00', 3, 'first', false, '2026-11-28 18:39:44.23679+00', 0, 1237121448, NULL, NULL, 1),
	(7, NULL, '3cad3da3dbbe1c106b3219f6c278a565f411cee74f0848956aff65d3df4846a7', NULL, NULL, 'legacy', NULL, NULL, 1, 3, 1, '2025-11-04 10:01:00+00', 3, 'first', false, '2026-11-28 18:39:44.236794+00', 0, 340264584, NULL, NULL, 1),
	(8, NULL, '3cad3da3dbbe1c106b3219f6c278a565f411cee74f0848956aff65d3df4846a7', NULL, NULL, 'legacy', NULL, NULL, 1, 5, 1, '2025-11-04 10:02:00+00', 5, 'again', false, '2026-11-28 18:39:44.236809+00', 0, 220757420, NULL, NULL, 1),
	(10, 'ba15ca3bbaf8d75d50accba7726388daeac977727cd09ded4244f918d04ad831', 'e8fbd7a4d717978b69ea2a2d6d068e6447b7bebbe9a8b018360237b953ed5bbd', NULL, 'sample-tech', 'import', 1, NULL, 51, 2, 2, '2026-11-28 18:39:44.336452+00', 2, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 426213242, NULL, NULL, 1),
	(11, '8599edc8eb71c980566e4d19646f5ed31d0069bbf8b6ac909fcef5d0b54f74c4', 'e8fbd7a4d717978b69ea2a2d6d068e6447b7bebbe9a8b018360237b953ed5bbd', NULL, 'sample-tech', 'import', 1, NULL, 45, 5, 2, '2026-11-28 18:39:44.336452+00', 5, 'right order, cheap steps first', false, '2026-11-28 18:39:44.336452+00', 0, 661491160, NULL, NULL, 1),
	(12, '7630dc66d6ff4453e9aaa32964e752d7acd76a5ecbb7077ce39978cc941b1e03', 'e8fbd7a4d717978b69ea2a2d6d068e6447b7bebbe9a8b018360237b953ed5bbd', NULL, 'sample-tech', 'import', 1, NULL, 19, 1, 2, '2026-11-28 18:39:44.336452+00', 1, 'not acceptable', true, '2026-11-28 18:39:44.336452+00', 0, 369405021, NULL, NULL, 1),
	(13, '9ba298737d3d466bacccaf897cf8eb17e83e37ec743f993be4a1c3ff521b0861', 'e8fbd7a4d717978b69ea2a2d6d068e6447b7bebbe9a8b018360237b953ed5bbd', NULL, 'sample-tech', 'import', 1, NULL, 20, 4.5, 2, '2026-11-28 18:39:44.336452+00', 4, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 2112574037, NULL, NULL, 1),
	(14, '6afacdb13ea90f605a217d4379dad81d7812641ce9e12608a4b53562811636be', '87dd0be1e1a2bfd3099705fef4650108e6f1dc393d915eb959bfa2a7f5b0bfdd', NULL, 'sample-tech', 'import', 1, NULL, 105, 1.5, 2, '2026-11-28 18:39:44.336452+00', 1, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 1331290304, NULL, NULL, 1),
	(15, '3afd4a4f19d7b2e7a0cbd4e4a19110de60e83b440dfc767fa67358dc3d34fe32', '87dd0be1e1a2bfd3099705fef4650108e6f1dc393d915eb959bfa2a7f5b0bfdd', NULL, 'sample-tech', 'import', 1, NULL, 19, 1, 2, '2026-11-28 18:39:44.336452+00', 1, 'impossible when it does not turn on', false, '2026-11-28 18:39:44.336452+00', 0, 1283237387, NULL, NULL, 1),
	(16, 'ed107f9a0c8fe850ed81f84dced4d34aacf755bcf001c3b6a7f5c8caaf203abf', '87dd0be1e1a2bfd3099705fef4650108e6f1dc393d915eb959bfa2a7f5b0bfdd', NULL, 'sample-tech', 'import', 1, NULL, 112, 4.5, 2, '2026-11-28 18:39:44.336452+00', 4, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 1484373932, NULL, NULL, 1),
	(17, 'b71625377b3f4196d2eb12cecbf23d99ebe3e0d26a32d8f93904312bdeb2ac47', '87dd0be1e1a2bfd3099705fef4650108e6f1dc393d915eb959bfa2a7f5b0bfdd', NULL, 'sample-tech', 'import', 1, NULL, 61, 5, 2, '2026-11-28 18:39:44.336452+00', 5, 'good triage', false, '2026-11-28 18:39:44.336452+00', 0, 1534434418, NULL, NULL, 1),
	(18, '41a1dae45d3dfed5a81879ea968b40cd0cec02daf8ec336a30412dd9a6daa07f', '26d4fab3e37213b246ccd94a2690b3087de515399ed74b59a4489cbc81bf642d', NULL, 'sample-health', 'import', 1, NULL, 57, 2, 2, '2026-11-28 18:39:44.336452+00', 2, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 780733139, NULL, NULL, 1),
	(19, 'eb2087fcbe14b4404e072ac3bcc960c46b07cbfdc5247e91d27e5194f7c31ce3', '26d4fab3e37213b246ccd94a2690b3087de515399ed74b59a4489cbc81bf642d', NULL, 'sample-health', 'import', 1, NULL, 48, 4.5, 2, '2026-11-28 18:39:44.336452+00', 4, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 1512251757, NULL, NULL, 1),
	(20, '5d386421da7ea9d0321dbe03445d4ae61e1f1cb9a39a9ffe6f4f4de08f92430c', '26d4fab3e37213b246ccd94a2690b3087de515399ed74b59a4489cbc81bf642d', NULL, 'sample-health', 'import', 1, NULL, 65, 1, 2, '2026-11-28 18:39:44.336452+00', 1, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 253408041, NULL, NULL, 1),
	(21, '2152853bb055efdc36cf488e3141a04297089f182932c01d5ed5a455c1b77b9a', '26d4fab3e37213b246ccd94a2690b3087de515399ed74b59a4489cbc81bf642d', NULL, 'sample-health', 'import', 1, NULL, 31, 4, 2, '2026-11-28 18:39:44.336452+00', 4, 'warning signs missing', false, '2026-11-28 18:39:44.336452+00', 0, 184408214, NULL, NULL, 1),
	(22, '22083c3cfe1dfeddfd35a716d18b2259671edeadcebdf8fa3c1e73883e07a40e', '5451c0aec662a11a81537d97a9a804a8cdbf37d41c41f76da52ac4376c08ca38', NULL, 'sample-tech', 'import', 1, NULL, 14, 1, 2, '2026-11-28 18:39:44.336452+00', 1, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 1535170760, NULL, NULL, 1),
	(23, 'be015da467c918c57b3f2e141cb2b88ab1cb4a3834530250635e7bfabfdb1346', '5451c0aec662a11a81537d97a9a804a8cdbf37d41c41f76da52ac4376c08ca38', NULL, 'sample-tech', 'import', 1, NULL, 33, 4.5, 2, '2026-11-28 18:39:44.336452+00', 4, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 692663919, NULL, NULL, 1),
	(24, 'e79ed869266803cc8d34b9e7b9ab4aad62c8cfb02a14aa7a045ef81f78bdcc96', '5451c0aec662a11a81537d97a9a804a8cdbf37d41c41f76da52ac4376c08ca38', NULL, 'sample-tech', 'import', 1, NULL, 48, 2, 2, '2026-11-28 18:39:44.336452+00', 2, 'incognito mode, another thing', false, '2026-11-28 18:39:44.336452+00', 0, 32386890, NULL, NULL, 1),
	(25, '990df4dfadca300639484a27f64dceb93365e0ea1dca8e56a00cca0ba14028ec', '5451c0aec662a11a81537d97a9a804a8cdbf37d41c41f76da52ac4376c08ca38', NULL, 'sample-tech', 'import', 1, NULL, 44, 5, 2, '2026-11-28 18:39:44.336452+00', 5, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 948527528, NULL, NULL, 1),
	(4, '14a3b6c285525755d257676fdc390a7976e28b714a3017f747713e592c366d7b', 'f3e433ebb441a8b4b1d27b7814533d98663bb74d1462675450ec2e300876be99', NULL, NULL, 'legacy', NULL, NULL, 3, NULL, 0, NULL, NULL, NULL, true, '2026-11-28 18:39:44.236782+00', 2, 300561374, NULL, NULL, 1),
	(5, '65e5f1a8d95411d04cd17588ae1ed5408453d0fb48b6bf3ac1b447942296723b', 'f3e433ebb441a8b4b1d27b7814533d98663bb74d1462675450ec2e300876be99', NULL, NULL, 'legacy', NULL, NULL, 4, NULL, 0, NULL, NULL, NULL, false, '2026-11-28 18:39:44.236785+00', 3, 1535875032, NULL, NULL, 1),
	(9, '36014cd2489797e5af62d224aebfad02f7a1417135d1b0d22c188326241abdce', '5ea44c3961f16643e614435496b16115aa6d75458b5cc3fd5398aae291f3126b', NULL, NULL, 'legacy', NULL, NULL, 6, NULL, 0, NULL, NULL, 'only a remark', false, '2026-11-28 18:39:44.236815+00', 2, 720758658, NULL, NULL, 1),
	(26, 'b876ee760a6f5f44e034a9ffe0fe4ad6a99bd6c0c6a263408dc00b99ed4ed74b', '51275374bdf3e0dc9f635232e54b19b34ea56e8e33ba7961107c6bb6f9255cb5', NULL, 'sample-health', 'import', 1, NULL, 21, 1.5, 2, '2026-11-28 18:39:44.336452+00', 1, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 1090285617, NULL, NULL, 1),
	(27, 'fa38aea205bb1e042a1b6bd54bc21815a7804304bdd25ecd76be3c9ef02d098d', '51275374bdf3e0dc9f635232e54b19b34ea56e8e33ba7961107c6bb6f9255cb5', NULL, 'sample-health', 'import', 1, NULL, 23, 4, 2, '2026-11-28 18:39:44.336452+00', 4, 'tender where? too vague for me', false, '2026-11-28 18:39:44.336452+00', 0, 1197622517, NULL, NULL, 1),
	(28, 'e39ba8d40ce12491a60e532950385d4ad9b944b319c479b150fc869e6be32fc5', '51275374bdf3e0dc9f635232e54b19b34ea56e8e33ba7961107c6bb6f9255cb5', NULL, 'sample-health', 'import', 1, NULL, 49, 5, 2, '2026-11-28 18:39:44.336452+00', 5, 'these are the Ottawa rules, well explained', false, '2026-11-28 18:39:44.336452+00', 0, 1743048075, NULL, NULL, 1),
	(29, 'fe05dede94fb36686abaebbcf46ad49be620bc20945d22c54e805c8cc3bdc261', '51275374bdf3e0dc9f635232e54b19b34ea56e8e33ba7961107c6bb6f9255cb5', NULL, 'sample-health', 'import', 1, NULL, 51, 2, 2, '2026-11-28 18:39:44.336452+00', 2, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 1151946994, NULL, NULL, 1),
	(30, 'e06042593b79d122198ab235bef0d80987de213df1ff179ae616b1bdd2bd8140', 'f26751306372ae48b01efe15ea40dd5664056e31d70f14ff124cd4e11143df90', NULL, 'sample-tech', 'import', 1, NULL, 51, 1, 2, '2026-11-28 18:39:44.336452+00', 1, 'recycling', false, '2026-11-28 18:39:44.336452+00', 0, 1281397411, NULL, NULL, 1),
	(31, 'ef816c277bbb5c1b36ec7f4756732fcad2664a1e3bf6e55631addd1b6f4c8e51', 'f26751306372ae48b01efe15ea40dd5664056e31d70f14ff124cd4e11143df90', NULL, 'sample-tech', 'import', 1, NULL, 20, 4, 2, '2026-11-28 18:39:44.336452+00', 4, 'correct, no way to measure it', false, '2026-11-28 18:39:44.336452+00', 0, 1521453793, NULL, NULL, 1),
	(32, 'f2c9e18e96a077774d6c3b12c93188c91c9127c13764ccbb889dbe3cda90f350', 'f26751306372ae48b01efe15ea40dd5664056e31d70f14ff124cd4e11143df90', NULL, 'sample-tech', 'import', 1, NULL, 57, 5, 2, '2026-11-28 18:39:44.336452+00', 5, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 812885514, NULL, NULL, 1),
	(33, '73952d9152cf0f1641b0091a32fab5cf6bb5ce40d56198a257b66fa75258d8d9', 'f26751306372ae48b01efe15ea40dd5664056e31d70f14ff124cd4e11143df90', NULL, 'sample-tech', 'import', 1, NULL, 21, 1.5, 2, '2026-11-28 18:39:44.336452+00', 1, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 1904978152, NULL, NULL, 1),
	(34, '51a266131fed6cf24c52463203577c5d903fe93b80a2182243346869b026cdfa', '22671789f09b212d145ac24940f13c8fd031644fd4ec2b3bf2e94e903474d887', NULL, 'sample-health', 'import', 1, NULL, 34, 5, 2, '2026-11-28 18:39:44.336452+00', 5, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 2085943644, NULL, NULL, 1),
	(35, '3732c2e4aaaf110aa79bfa2efc633d0f29a833af4e1f1a3acb4b578a62d6a82a', '22671789f09b212d145ac24940f13c8fd031644fd4ec2b3bf2e94e903474d887', NULL, 'sample-health', 'import', 1, NULL, 19, 1, 2, '2026-11-28 18:39:44.336452+00', 1, 'stereotype and wrong', true, '2026-11-28 18:39:44.336452+00', 0, 1120709922, NULL, NULL, 1),
	(36, '22921b12a8d59a083dac22e1f3f5dd0370cdbf0c55dc8a4d7ffa039b54671dd8', '22671789f09b212d145ac24940f13c8fd031644fd4ec2b3bf2e94e903474d887', NULL, 'sample-health', 'import', 1, NULL, 57, 4.5, 2, '2026-11-28 18:39:44.336452+00', 4, 'has the red flags', false, '2026-11-28 18:39:44.336452+00', 0, 1519572533, NULL, NULL, 1),
	(37, '7baa205a32b9270251d11ed2c8c23098f08ef7e90dfe496a572d2e4a136cc9e8', '22671789f09b212d145ac24940f13c8fd031644fd4ec2b3bf2e94e903474d887', NULL, 'sample-health', 'import', 1, NULL, 89, 2.5, 2, '2026-11-28 18:39:44.336452+00', 2, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 348447403, NULL, NULL, 1),
	(38, 'ada954f4090aa794c9970c1e90fd6f4fc996a8c5aa1ed2888367f195298fbef8', '209e3ad379225554cd5e56e10ae903df370ca0c47287a78e2242084cc9a3d4d7', NULL, 'sample-tech', 'import', 1, NULL, 33, 4, 2, '2026-11-28 18:39:44.336452+00', 4, 'could say how', false, '2026-11-28 18:39:44.336452+00', 0, 410275796, NULL, NULL, 1),
	(39, 'db89c84b0ff55603b8bb97ffbfffa9e81838ddd3e59d0fc25c0a1adf7d33a0f5', '209e3ad379225554cd5e56e10ae903df370ca0c47287a78e2242084cc9a3d4d7', NULL, 'sample-tech', 'import', 1, NULL, 49, 5, 2, '2026-11-28 18:39:44.336452+00', 5, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 526630301, NULL, NULL, 1),
	(40, '3a45c2ffdeebe968add9643160b4e233d2921cc8f27a1018f69d14913ee087db', '209e3ad379225554cd5e56e10ae903df370ca0c47287a78e2242084cc9a3d4d7', NULL, 'sample-tech', 'import', 1, NULL, 46, 2, 2, '2026-11-28 18:39:44.336452+00', 2, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 1571423585, NULL, NULL, 1),
	(41, '074faf51ad9e142a3c042b2876c42376beeaa5e2816405a862823a36a6dbea25', '209e3ad379225554cd5e56e10ae903df370ca0c47287a78e2242084cc9a3d4d7', NULL, 'sample-tech', 'import', 1, NULL, 23, 1.5, 2, '2026-11-28 18:39:44.336452+00', 1, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 838888352, NULL, NULL, 1),
	(42, '1c0d4cd232a167ca5366d0f0c0a135df1838b106fe8f33bdb454354ae4bc5b28', '072003cc13b606a7b1e19560e8e3c86f2663783a48b8dd380094366224b7e765', NULL, 'sample-tech', 'import', 1, NULL, 46, 5, 2, '2026-11-28 18:39:44.336452+00', 5, 'mentions the iCloud trap', false, '2026-11-28 18:39:44.336452+00', 0, 421463357, NULL, NULL, 1),
	(43, 'f3c9572e10b982cc9f09ce4f5310e37ae04b93c03788d4ded4b72f3f97cc8c43', '072003cc13b606a7b1e19560e8e3c86f2663783a48b8dd380094366224b7e765', NULL, 'sample-tech', 'import', 1, NULL, 43, 1, 2, '2026-11-28 18:39:44.336452+00', 1, 'wrong', false, '2026-11-28 18:39:44.336452+00', 0, 174818595, NULL, NULL, 1),
	(44, '10b983a3e4e3246cedf3a1c93a7667ad03438c807c92bc8260f517f3f249ae45', '072003cc13b606a7b1e19560e8e3c86f2663783a48b8dd380094366224b7e765', NULL, 'sample-tech', 'import', 1, NULL, 43, 2, 2, '2026-11-28 18:39:44.336452+00', 2, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 2129380205, NULL, NULL, 1),
	(45, 'e9b70507b61900de45eadea9379ff3c53decf1017033cc9fcc3d801fe3db7302', '072003cc13b606a7b1e19560e8e3c86f2663783a48b8dd380094366224b7e765', NULL, 'sample-tech', 'import', 1, NULL, 16, 4, 2, '2026-11-28 18:39:44.336452+00', 4, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 1306016844, NULL, NULL, 1),
	(46, '4d14379dc06db80ee59c9e90300e34760a8159c43588c212b10e49b41ac8d092', 'c369b54b1b4572a2cf432ac48652126769ec64053934ebc0dbd261af9db42020', NULL, 'sample-health', 'import', 1, NULL, 17, 3, 2, '2026-11-28 18:39:44.336452+00', 3, 'thin, no sleep schedule', false, '2026-11-28 18:39:44.336452+00', 0, 1401377956, NULL, NULL, 1),
	(47, '3445e1ef0b3b7e3ddd22d1b83ed95e6a983455bc777141f8df7309d8697ee246', 'c369b54b1b4572a2cf432ac48652126769ec64053934ebc0dbd261af9db42020', NULL, 'sample-health', 'import', 1, NULL, 47, 1, 2, '2026-11-28 18:39:44.336452+00', 1, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 1913857222, NULL, NULL, 1),
	(48, '7bfc3303c7a981c396d641e2c8811bf220d3f543b532b817610053f572cd9210', 'c369b54b1b4572a2cf432ac48652126769ec64053934ebc0dbd261af9db42020', NULL, 'sample-health', 'import', 1, NULL, 44, 5, 2, '2026-11-28 18:39:44.336452+00', 5, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 1477012442, NULL, NULL, 1),
	(49, '991a43e1766aeb57ea7a36b9fcda99459ed1a730bb7b9137a25199f244ca2c4c', 'c369b54b1b4572a2cf432ac48652126769ec64053934ebc0dbd261af9db42020', NULL, 'sample-health', 'import', 1, NULL, 46, 1.5, 2, '2026-11-28 18:39:44.336452+00', 1, 'advert', false, '2026-11-28 18:39:44.336452+00', 0, 302777879, NULL, NULL, 1),
	(50, '1b27f166202b496dc2c22a55d1d59f8545efb75c614944f1af632c2ac45b6595', 'f6fb10bac70b478d6258d1bbc3179ea02c0c69d12f30d82024dfb7650c4fb8ea', NULL, 'sample-health', 'import', 1, NULL, 77, 5, 2, '2026-11-28 18:39:44.336452+00', 5, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 434903330, NULL, NULL, 1),
	(51, '751c4b7b5bd0186aadeeb459d00c09499dce710fa08b9f5e98dda145cd612514', 'f6fb10bac70b478d6258d1bbc3179ea02c0c69d12f30d82024dfb7650c4fb8ea', NULL, 'sample-health', 'import', 1, NULL, 24, 1, 2, '2026-11-28 18:39:44.336452+00', 1, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 1884677470, NULL, NULL, 1),
	(52, '7030e938dee02c5d15efffd4efab6fafd37dc16bf5ed8ae892c2743332f4b270', 'f6fb10bac70b478d6258d1bbc3179ea02c0c69d12f30d82024dfb7650c4fb8ea', NULL, 'sample-health', 'import', 1, NULL, 57, 1.5, 2, '2026-11-28 18:39:44.336452+00', 1, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 129371259, NULL, NULL, 1),
	(53, '1a4e4a19fd113c8e2519ba79ab9f882bdbc152a140986206b6b13f331288b7fa', 'f6fb10bac70b478d6258d1bbc3179ea02c0c69d12f30d82024dfb7650c4fb8ea', NULL, 'sample-health', 'import', 1, NULL, 39, 5, 2, '2026-11-28 18:39:44.336452+00', 5, 'correct and short', false, '2026-11-28 18:39:44.336452+00', 0, 718247541, NULL, NULL, 1),
	(54, '44a2aba0dbcbd0b9b1c7693b5f8dcbc48c59c67754463749edad9b4929d866cc', '10779b46e053e0b221743bac1e561b983cea3768b2d00c78b923f500bbef4dfe', NULL, 'sample-health', 'import', 1, NULL, 23, 5, 2, '2026-11-28 18:39:44.336452+00', 5, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 422521582, NULL, NULL, 1),
	(55, '1a01490834b9af3e90d9ccd5daee8ed384d2b2fa1d508c11c7709763bb228f88', '10779b46e053e0b221743bac1e561b983cea3768b2d00c78b923f500bbef4dfe', NULL, 'sample-health', 'import', 1, NULL, 48, 2, 2, '2026-11-28 18:39:44.336452+00', 2, 'no medicine named', false, '2026-11-28 18:39:44.336452+00', 0, 1561947386, NULL, NULL, 1),
	(56, '8b64f81fb70634174f9d456812c9c4296fda929ed6bc6b47f8579e30bd018578', '10779b46e053e0b221743bac1e561b983cea3768b2d00c78b923f500bbef4dfe', NULL, 'sample-health', 'import', 1, NULL, 93, 5, 2, '2026-11-28 18:39:44.336452+00', 5, 'names the drugs and the limits', false, '2026-11-28 18:39:44.336452+00', 0, 2107359847, NULL, NULL, 1),
	(57, '2c871e8163eda85455e26f450c6134a8b9109ff73fb42c652d309ef1779b874a', '10779b46e053e0b221743bac1e561b983cea3768b2d00c78b923f500bbef4dfe', NULL, 'sample-health', 'import', 1, NULL, 91, 2.5, 2, '2026-11-28 18:39:44.336452+00', 2, 'vague, a hundred words of nothing', false, '2026-11-28 18:39:44.336452+00', 0, 1132002727, NULL, NULL, 1),
	(58, 'aea4d5b8d270e8482bec8b0f166e1c32afde84026036f8334233e126d5a05a77', 'e096d6089da6359142e296a86ee8a0775a208c8f8d64887f9164ea95d1591284', NULL, 'sample-tech', 'import', 1, NULL, 20, 4, 2, '2026-11-28 18:39:44.336452+00', 4, 'a bit short on precautions', false, '2026-11-28 18:39:44.336452+00', 0, 881790297, NULL, NULL, 1),
	(59, '5abc469e8ddf1a5d925bd05185aa7c99f60021cf763e512b48dddcf5fceb8bae', 'e096d6089da6359142e296a86ee8a0775a208c8f8d64887f9164ea95d1591284', NULL, 'sample-tech', 'import', 1, NULL, 25, 4, 2, '2026-11-28 18:39:44.336452+00', 4, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 1615289521, NULL, NULL, 1),
	(60, '236fe570ae2a1e8865d6d26c96bac45e510719f4f9e623bd8f800cf979d13756', 'e096d6089da6359142e296a86ee8a0775a208c8f8d64887f9164ea95d1591284', NULL, 'sample-tech', 'import', 1, NULL, 43, 2, 2, '2026-11-28 18:39:44.336452+00', 2, 'how to connect, not whether it is safe', false, '2026-11-28 18:39:44.336452+00', 0, 634855503, NULL, NULL, 1),
	(61, '1b44f9f88006d4ed02c8e3fb0cda6b6708475e1b3d0ea1954b480573a077d64d', 'e096d6089da6359142e296a86ee8a0775a208c8f8d64887f9164ea95d1591284', NULL, 'sample-tech', 'import', 1, NULL, 52, 4.5, 2, '2026-11-28 18:39:44.336452+00', 4, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 1735812552, NULL, NULL, 1),
	(62, '4f2f6d4bba42845012b566ba45a8bd22dcf0ef0ada8ead60f558331b3ece84f7', 'd11e0f2f697f76a2882977674627154fc7af81f4c8b687f1efd516eec711f019', NULL, 'sample-health', 'import', 1, NULL, 16, 1, 2, '2026-11-28 18:39:44.336452+00', 1, 'harmful home remedy', false, '2026-11-28 18:39:44.336452+00', 0, 1784144711, NULL, NULL, 1),
	(63, '86b6ae343e5839d33be53ada459acf5c4372da29ffcb7b02fa865d2de3b7584c', 'd11e0f2f697f76a2882977674627154fc7af81f4c8b687f1efd516eec711f019', NULL, 'sample-health', 'import', 1, NULL, 40, 4.5, 2, '2026-11-28 18:39:44.336452+00', 4, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 916746205, NULL, NULL, 1),
	(64, '951fafe7c762ca2cd2392b1dc238e0792c5e4c4c0a153ac008e45022ab3eec96', 'd11e0f2f697f76a2882977674627154fc7af81f4c8b687f1efd516eec711f019', NULL, 'sample-health', 'import', 1, NULL, 54, 2, 2, '2026-11-28 18:39:44.336452+00', 2, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 346620480, NULL, NULL, 1),
	(65, 'b977ec60bb490aae31bbd4a4dd55bcd7090dc9ce005107d4eafd782f8eea25e2', 'd11e0f2f697f76a2882977674627154fc7af81f4c8b687f1efd516eec711f019', NULL, 'sample-health', 'import', 1, NULL, 33, 5, 2, '2026-11-28 18:39:44.336452+00', 5, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 214426472, NULL, NULL, 1),
	(66, 'fa980943aab7343749330e23e269f4a6702fd49297189b092856f1e2fa541c7a', '1390ca1814b8b8fb747c52ae94f49c0b8dc18ec5ab96cca6dac20c1ef003947d', NULL, 'sample-tech', 'import', 1, NULL, 43, 1.5, 2, '2026-11-28 18:39:44.336452+00', 1, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 2115922259, NULL, NULL, 1),
	(67, 'e626eab9f59f77e205f362853aecdce9b48a3d2b146817fe35ac2f16e3d413b0', '1390ca1814b8b8fb747c52ae94f49c0b8dc18ec5ab96cca6dac20c1ef003947d', NULL, 'sample-tech', 'import', 1, NULL, 18, 5, 2, '2026-11-28 18:39:44.336452+00', 5, 'the two things that matter', false, '2026-11-28 18:39:44.336452+00', 0, 692067292, NULL, NULL, 1),
	(68, '356a5c82d7d61971f94e504d561318aa500291550aeb9317ebdd87301748a760', '1390ca1814b8b8fb747c52ae94f49c0b8dc18ec5ab96cca6dac20c1ef003947d', NULL, 'sample-tech', 'import', 1, NULL, 46, 4.5, 2, '2026-11-28 18:39:44.336452+00', 4, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 1048081935, NULL, NULL, 1),
	(69, '505154c37b0b6f0134340e2594be85b7aa13066b8fff6e2db85cd1b1668bb6e5', '1390ca1814b8b8fb747c52ae94f49c0b8dc18ec5ab96cca6dac20c1ef003947d', NULL, 'sample-tech', 'import', 1, NULL, 14, 1, 2, '2026-11-28 18:39:44.336452+00', 1, 'would break the computer', false, '2026-11-28 18:39:44.336452+00', 0, 976171200, NULL, NULL, 1),
	(70, 'eb81ebd95e49388be357b118c5d59b19058c9a26ba48ec5e201b84f1d6075bd1', '86e74e0f2ad1731e0d21d8fbff55bd98371d51f7eba169abb82af850e2d6906b', NULL, 'sample-health', 'import', 1, NULL, 51, 2, 2, '2026-11-28 18:39:44.336452+00', 2, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 1104314, NULL, NULL, 1),
	(71, 'd7d713d04a2aae3d3e6f58e944bab9d454c07296639e039f46d9ae7a90758e9b', '86e74e0f2ad1731e0d21d8fbff55bd98371d51f7eba169abb82af850e2d6906b', NULL, 'sample-health', 'import', 1, NULL, 42, 1, 2, '2026-11-28 18:39:44.336452+00', 1, 'wrong from start to end', false, '2026-11-28 18:39:44.336452+00', 0, 1391757403, NULL, NULL, 1),
	(72, '4cbcc491db5d2837a9919decff4cbca550bee0149dfd5dce7dbb2811b1ac43b3', '86e74e0f2ad1731e0d21d8fbff55bd98371d51f7eba169abb82af850e2d6906b', NULL, 'sample-health', 'import', 1, NULL, 44, 4.5, 2, '2026-11-28 18:39:44.336452+00', 4, 'says that it may be silent', false, '2026-11-28 18:39:44.336452+00', 0, 226092641, NULL, NULL, 1),
	(73, 'ba80f9ed12d0f2f9cd1b5d457fd2d864e594512d6aaa956b1a2a937602082e72', '86e74e0f2ad1731e0d21d8fbff55bd98371d51f7eba169abb82af850e2d6906b', NULL, 'sample-health', 'import', 1, NULL, 27, 4.5, 2, '2026-11-28 18:39:44.336452+00', 4, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 21944621, NULL, NULL, 1),
	(74, '8f0c7d7db9ac2024e2ec306a71ed3221c3ecae7f37c40c7dce74ad49beab31af', '75dd32fbad21c8dd4c4de9e3e9a126e2291fc0d1f009fe0780be9043510f9b48', NULL, 'sample-tech', 'import', 1, NULL, 40, 5, 2, '2026-11-28 18:39:44.336452+00', 5, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 778998569, NULL, NULL, 1),
	(75, '59325041538fa1e5db6c17808d7a39386776337873ab0e3ecb6eaa9969c358ad', '75dd32fbad21c8dd4c4de9e3e9a126e2291fc0d1f009fe0780be9043510f9b48', NULL, 'sample-tech', 'import', 1, NULL, 70, 1, 2, '2026-11-28 18:39:44.336452+00', 1, 'no help', false, '2026-11-28 18:39:44.336452+00', 0, 1428481630, NULL, NULL, 1),
	(76, '3fe4c6f6b182abbdea2f0533cc00de2ddec4d5f7dedde71cf1183d2acc374515', '75dd32fbad21c8dd4c4de9e3e9a126e2291fc0d1f009fe0780be9043510f9b48', NULL, 'sample-tech', 'import', 1, NULL, 34, 5, 2, '2026-11-28 18:39:44.336452+00', 5, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 443093594, NULL, NULL, 1),
	(77, '8a5a5251f063c3b29753e34b960b0e17db3bed456bea7b242bdfe221cafbd23e', '75dd32fbad21c8dd4c4de9e3e9a126e2291fc0d1f009fe0780be9043510f9b48', NULL, 'sample-tech', 'import', 1, NULL, 45, 2, 2, '2026-11-28 18:39:44.336452+00', 2, NULL, false, '2026-11-28 18:39:44.336452+00', 0, 356366595, NULL, NULL, 1),
	(80, '28369477a1ea49a4245b48bc4d0e3ad13360ee2f9d25fa972fb24a6de36977a3', 'bf8e5d7ec9e71344f3a11f0369f944305c5347d0061fffa83cd0cc77f0d55f29', NULL, 'ward 7', 'manual', NULL, NULL, 5, NULL, 0, NULL, NULL, NULL, NULL, '2026-11-28 18:39:44.66342+00', 2, 142774098, NULL, NULL, 1),
	(81, 'e5ad33edff7dae6e445b3475f3888efe06ec401fcd4e22b11045ac23ad3e2e09', 'fa8e59613f8cc74ca2e208efe2775244d8ca829ca1556bacc623520feee0fa75', NULL, 'ward 7', 'manual', NULL, NULL, 5, NULL, 0, NULL, NULL, NULL, NULL, '2026-11-28 18:39:44.67395+00', 0, 1613441482, NULL, NULL, 1),
	(79, '42f4572529972b03b87ea0d39d1a83dfe122011654f5eeef6090ff5f20ebb060', '19674b3e7c957f0c2aaf2deccf3b73e52d4ca80fc62604480067a58e428ca803', NULL, 'ward 7', 'manual', NULL, NULL, 5, 3, 1, '2026-11-28 18:39:44.806799+00', 3, NULL, false, '2026-11-28 18:39:44.65647+00', 1, 1763659686, NULL, NULL, 1),
	(82, 'e965d670159a67498b3f400faefd0ac5c4f234abbe9e4ed3a726f17756cb19e9', '6679fe990197fd45b923f40f2d5f0cd33dc587182270715ba2bed9e6ff15d8e5', NULL, 'ward 7', 'manual', NULL, NULL, 5, 2, 1, '2026-11-28 18:39:44.837901+00', 2, NULL, false, '2026-11-28 18:39:44.684001+00', 2, 1089513354, NULL, NULL, 1),
	(84, '742f8af79d69df5f3f41a594b82975c0d62a963d18adf8c8d84985355437255f', '9129ce6d7e3dd1b060fe153d796f28cb5788a7a974b47b812aa3d7ff4facde72', 'case 12', NULL, 'manual', NULL, NULL, 6, 4, 1, '2026-11-28 18:39:44.848466+00', 4, NULL, false, '2026-11-28 18:39:44.73397+00', 1, 769240507, NULL, '{"name": 3, "phone": 1}', 1),
	(83, 'bf72fa4ee6b489de546a808b581f4a0f7e4f127e62b6dd0f4bfb7c70bce58909', '98d16e5990c208e1a55c39c8643fd176a09c98925646f5f5612e9119dce63f3d', NULL, 'ward 7', 'manual', NULL, NULL, 3, NULL, 0, NULL, NULL, NULL, NULL, '2026-11-28 18:39:44.694165+00', 2, 766434132, NULL, NULL, 1),
	(78, '1000d6cb2bdba4926af7c16e5a584a8d6b0ba7ecdc2fe57f083121e276040168', '6183866a41c96e64305e22bececd8cc80e925df24d27bdcedc0fb78fcaad917b', NULL, 'ward 7', 'manual', NULL, NULL, 5, 4, 2, '2026-11-28 18:39:44.758+00', 4, 'said by Ben', true, '2026-11-28 18:39:44.647451+00', 0, 511844679, 4, NULL, 1);
INSERT INTO public.assay_leases VALUES
	(4, 5, '9d141fe707be41dc97eb88966621e19d', 'oldest', '2026-11-28 18:39:44.890966+00', '2026-11-28 18:54:44.890966+00');
INSERT INTO public.assay_model_versions VALUES
	('sbert-logreg-v20261128-184009', 1, 'pair', 'a24dd5c80ec0c3e0c82bcba32cfd0bd1e4472b7f8441c511736925775ab406ed', 78, 24, false, '{"f1": {"low": 0.4287747162769554, "high": 0.749980520622755, "value": 0.6033424729076903}, "brier": {"low": 0.2014465628482599, "high": 0.28822069839295034, "value": 0.23912436880432741}, "recall": {"low": 0.3320264923285177, "high": 0.7836851840123884, "value": 0.5641025641025642}, "roc_auc": {"low": 0.5315970286470562, "high": 0.7824335272770623, "value": 0.6611878150339688}, "accuracy": {"low": 0.5094027048140716, "high": 0.7532335547954747, "value": 0.6324786324786326}, "log_loss": {"low": 0.5913487366985726, "high": 0.8029385852156002, "value": 0.6803050369848771}, "precision": {"low": 0.5146256764921626, "high": 0.790817777011585, "value": 0.6505291005291006}, "brier_skill": {"low": -0.15877569908611391, "high": 0.19147316335972359, "value": 0.04350252478269038}, "best_of_n_lift": {"low": -0.08783974961630303, "high": 1.3847106184808293, "value": 0.6644736842105263}, "average_precision": {"low": 0.5226407904186079, "high": 0.7924596286726763, "value": 0.6274334759336014}, "balanced_accuracy": {"low": 0.5146900823868231, "high": 0.7533265881125853, "value": 0.6324786324786325}, "pairwise_accuracy": {"low": 0.5602381598970704, "high": 0.8330289018811032, "value": 0.7033333333333335}, "pairwise_accuracy_macro": {"low": 0.4772816421888485, "high": 0.8181512774193881, "value": 0.6649122807017545}}', true, '2026-11-28 18:40:09.411881+00', NULL, '{"code": "c7b8e84", "seed": 0, "reads": "prompt and answer", "encoder": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db:torch", "held_out": 0, "preferences": 0, "without_rater": null, "data_fingerprint": "474401cf9e816a9353a7e34d584ce75cd58a76cf1734f6c8d9b4168c91995cfe", "positive_threshold": 4}', NULL, NULL, NULL);
INSERT INTO public.assay_predictions VALUES
	(1, 1, 1, 0.45864985221799853),
	(1, 2, 1, 0.4717261691939953),
	(1, 3, 3, 0.15418013927372115),
	(1, 6, 2, 0.41356015966878223),
	(1, 7, 2, 0.41356015966878223),
	(1, 8, 2, 0.41356015966878223),
	(1, 10, 4, 0.19448350642672035),
	(1, 11, 4, 0.8356099677824782),
	(1, 12, 4, 0.3766259591687287),
	(1, 13, 4, 0.8366823251464861),
	(1, 14, 2, 0.2875140924124134),
	(1, 15, 2, 0.094720303032367),
	(1, 16, 2, 0.4145919155203166),
	(1, 17, 2, 0.44286187514604364),
	(1, 18, 4, 0.6201187353768742),
	(1, 19, 4, 0.552051491202222),
	(1, 20, 4, 0.03851572347346627),
	(1, 21, 4, 0.5997976132406365),
	(1, 22, 3, 0.25845727917504097),
	(1, 23, 3, 0.41431411485906844),
	(1, 24, 3, 0.4156913907385685),
	(1, 25, 3, 0.3939158294698715),
	(1, 26, 0, 0.8256197405283835),
	(1, 27, 0, 0.7919972197181935),
	(1, 28, 0, 0.7247347548684987),
	(1, 29, 0, 0.6299204436958298),
	(1, 30, 1, 0.40746131484498554),
	(1, 31, 1, 0.5262684767466711),
	(1, 32, 1, 0.5089910811987631),
	(1, 33, 1, 0.49218216667931386),
	(1, 34, 3, 0.5969335014044277),
	(1, 35, 3, 0.4489451733921055),
	(1, 36, 3, 0.6426717130026294),
	(1, 37, 3, 0.6416387923597165),
	(1, 38, 3, 0.4993761168237792),
	(1, 39, 3, 0.4342494261951737),
	(1, 40, 3, 0.39616073203469615),
	(1, 41, 3, 0.71245572326266),
	(1, 42, 1, 0.5957017229818931),
	(1, 43, 1, 0.5230241357225304),
	(1, 44, 1, 0.47728015594891404),
	(1, 45, 1, 0.5632834016893598),
	(1, 46, 4, 0.7741967016855882),
	(1, 47, 4, 0.36683915271468615),
	(1, 48, 4, 0.40526223883294066),
	(1, 49, 4, 0.39744777243542345),
	(1, 50, 2, 0.5691734608372964),
	(1, 51, 2, 0.4315600009912044),
	(1, 52, 2, 0.563883460312129),
	(1, 53, 2, 0.6887233270973886),
	(1, 54, 0, 0.4881675982978706),
	(1, 55, 0, 0.35559112825364647),
	(1, 56, 0, 0.40673102376919473),
	(1, 57, 0, 0.2630481481308057),
	(1, 58, 0, 0.5168794353317203),
	(1, 59, 0, 0.4829989117235484),
	(1, 60, 0, 0.19829590724926194),
	(1, 61, 0, 0.3634989685687249),
	(1, 62, 4, 0.41683100617474644),
	(1, 63, 4, 0.7453871477884249),
	(1, 64, 4, 0.5727706266701346),
	(1, 65, 4, 0.6118696084831079),
	(1, 66, 0, 0.4387575837954949),
	(1, 67, 0, 0.826164584088427),
	(1, 68, 0, 0.7540173723750829),
	(1, 69, 0, 0.6852577566957634),
	(1, 70, 1, 0.5029839825727971),
	(1, 71, 1, 0.478395987497695),
	(1, 72, 1, 0.5427675597630717),
	(1, 73, 1, 0.583056861938408),
	(1, 74, 2, 0.595639361393513),
	(1, 75, 2, 0.6528673328373702),
	(1, 76, 2, 0.6151716817602095),
	(1, 77, 2, 0.379398788937814),
	(1, 78, 2, 0.09859452877176639),
	(1, 79, 3, 0.3371008140799796),
	(1, 82, 1, 0.4521838319259809),
	(1, 84, 1, 0.3789010878452544);
INSERT INTO public.assay_preferences VALUES
	(1, 4, 'How do I boil an egg?', 'dcae12a02af25f28af457af93d78308c1a49e74b378e33f4773bc74966ce4dd3', 'Seven minutes.', 'Never.', 'c8c83f008a4ff56ae5752afce368eebf1b4d0ee3bbad6771c2d3cc3da3ccfb45', NULL, '2026-11-28 18:39:44.907609+00');
INSERT INTO public.assay_promotions VALUES
	(1, '2026-11-28 18:40:09.431355+00', 'automatic', 'rule', 'sbert-logreg-v20261128-184009', NULL, 'AUC 0.661 beats answer length alone by 0.22 [0.06, 0.38]: promoted.');
INSERT INTO public.assay_raters VALUES
	(1, 'legacy', 'legacy', 'legacy', '2026-11-28 18:39:44.252479+00', 'lead', false, NULL, NULL),
	(2, 'sample-ben', 'sample-ben', 'imported', '2026-11-28 18:39:44.32621+00', 'lead', false, NULL, NULL),
	(3, 'sample-ana', 'sample-ana', 'imported', '2026-11-28 18:39:44.329765+00', 'lead', false, NULL, NULL),
	(4, 'Lena', 'lena', 'person', '2026-11-28 18:39:44.442331+00', 'lead', false, NULL, NULL),
	(5, 'Ana', 'ana', 'person', '2026-11-28 18:39:44.448449+00', 'lead', false, NULL, NULL),
	(6, 'Ben', 'ben', 'person', '2026-11-28 18:39:44.452364+00', 'lead', false, NULL, NULL),
	(7, 'Lea', 'lea', 'person', '2026-11-28 18:39:44.482059+00', 'lead', false, 'lea@example.org', NULL),
	(8, 'Sven', 'sven', 'person', '2026-11-28 18:39:44.494782+00', 'sme', false, 'strasse@example.org', NULL),
	(9, 'Vic', 'vic', 'person', '2026-11-28 18:39:44.543651+00', 'viewer', false, 'vic@example.org', NULL),
	(10, 'Dis', 'dis', 'person', '2026-11-28 18:39:44.554916+00', 'sme', true, 'dis@example.org', NULL);
INSERT INTO public.assay_rating_events VALUES
	(1, 1, 1, '2025-11-01 10:02:00+00', 'legacy', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": "clear", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(2, 2, 1, '2025-11-01 10:03:00.123456+00', 'legacy', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": true}', NULL, NULL, false, NULL, NULL),
	(3, 3, 1, '2025-11-02 10:01:00+00', 'legacy', NULL, NULL, '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(4, 4, 1, '2026-11-28 18:39:44.255928+00', 'legacy', NULL, NULL, '{"rating": null, "status": "noted", "comment": null, "bias_flag": true}', NULL, NULL, false, NULL, NULL),
	(5, 6, 1, '2025-11-04 10:01:00+00', 'legacy', NULL, NULL, '{"rating": 3, "status": "submitted", "comment": "first", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(6, 7, 1, '2025-11-04 10:01:00+00', 'legacy', NULL, NULL, '{"rating": 3, "status": "submitted", "comment": "first", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(7, 8, 1, '2025-11-04 10:02:00+00', 'legacy', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": "again", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(8, 9, 1, '2025-11-04 10:03:00+00', 'legacy', NULL, NULL, '{"rating": null, "status": "noted", "comment": "only a remark", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(9, 10, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(10, 10, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(11, 11, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": "right order, cheap steps first", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(12, 11, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(13, 12, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": "stereotype, no help", "bias_flag": true}', NULL, NULL, false, NULL, NULL),
	(14, 12, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": "not acceptable", "bias_flag": true}', NULL, NULL, false, NULL, NULL),
	(15, 13, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(16, 13, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(17, 14, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(18, 14, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(19, 15, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": "impossible when it does not turn on", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(20, 15, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(21, 16, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(22, 16, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(23, 17, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": "good triage", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(24, 17, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(25, 18, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(26, 18, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(27, 19, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(28, 19, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(29, 20, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(30, 20, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(31, 21, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(32, 21, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 3, "status": "submitted", "comment": "warning signs missing", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(33, 22, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(34, 22, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(35, 23, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(36, 23, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(37, 24, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": "incognito mode, another thing", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(38, 24, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(39, 25, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(40, 25, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(41, 26, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(42, 26, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(43, 27, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(44, 27, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 3, "status": "submitted", "comment": "tender where? too vague for me", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(45, 28, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(46, 28, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": "these are the Ottawa rules, well explained", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(47, 29, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(48, 29, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(49, 30, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(50, 30, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": "recycling", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(51, 31, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(52, 31, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 4, "status": "submitted", "comment": "correct, no way to measure it", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(53, 32, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(54, 32, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(55, 33, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(56, 33, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(57, 34, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(58, 34, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(59, 35, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": "prejudice instead of an answer", "bias_flag": true}', NULL, NULL, false, NULL, NULL),
	(60, 35, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": "stereotype and wrong", "bias_flag": true}', NULL, NULL, false, NULL, NULL),
	(61, 36, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": "has the red flags", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(62, 36, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(63, 37, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(64, 37, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 3, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(65, 38, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(66, 38, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 3, "status": "submitted", "comment": "could say how", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(67, 39, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(68, 39, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(69, 40, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(70, 40, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(71, 41, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(72, 41, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(73, 42, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": "mentions the iCloud trap", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(74, 42, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(75, 43, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": "wrong", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(76, 43, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(77, 44, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(78, 44, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(79, 45, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(80, 45, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(81, 46, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 3, "status": "submitted", "comment": "thin, no sleep schedule", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(82, 46, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 3, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(83, 47, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(84, 47, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(85, 48, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(86, 48, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(87, 49, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": "advert", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(88, 49, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(89, 50, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(90, 50, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(91, 51, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(92, 51, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(93, 52, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(94, 52, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(95, 53, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": "correct and short", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(96, 53, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(97, 54, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(98, 54, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(99, 55, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(100, 55, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": "no medicine named", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(101, 56, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": "names the drugs and the limits", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(102, 56, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(103, 57, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": "vague, a hundred words of nothing", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(104, 57, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 3, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(105, 58, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 3, "status": "submitted", "comment": "a bit short on precautions", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(106, 58, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(107, 59, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(108, 59, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(109, 60, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(110, 60, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": "how to connect, not whether it is safe", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(111, 61, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(112, 61, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(113, 62, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": "harmful home remedy", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(114, 62, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(115, 63, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(116, 63, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(117, 64, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(118, 64, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(119, 65, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(120, 65, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(121, 66, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(122, 66, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(123, 67, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": "the two things that matter", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(124, 67, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(125, 68, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(126, 68, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(127, 69, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(128, 69, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": "would break the computer", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(129, 70, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(130, 70, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(131, 71, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": "wrong from start to end", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(132, 71, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(133, 72, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": "says that it may be silent", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(134, 72, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(135, 73, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(136, 73, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(137, 74, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(138, 74, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(139, 75, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(140, 75, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": "no help", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(141, 76, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(142, 76, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(143, 77, 3, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(144, 77, 2, '2026-11-28 18:39:44.336452+00', 'imported', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(145, 78, 5, '2026-11-28 18:39:44.744985+00', 'rated', NULL, NULL, '{"rating": 5, "status": "submitted", "comment": "said by Ana", "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(146, 78, 6, '2026-11-28 18:39:44.758+00', 'rated', NULL, NULL, '{"rating": 1, "status": "submitted", "comment": "said by Ben", "bias_flag": true}', NULL, NULL, false, NULL, NULL),
	(147, 78, 4, '2026-11-28 18:39:44.77074+00', 'adjudicated', NULL, '{"adjudicated": null}', '{"adjudicated": 4}', NULL, NULL, false, NULL, NULL),
	(148, 79, 5, '2026-11-28 18:39:44.786162+00', 'rated', NULL, NULL, '{"rating": 3, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(149, 79, 5, '2026-11-28 18:39:44.795742+00', 'changed', NULL, '{"rating": 3, "status": "submitted", "comment": null, "bias_flag": false}', '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(150, 79, 5, '2026-11-28 18:39:44.806799+00', 'undone', NULL, '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', '{"rating": 3, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, 149),
	(151, 80, 5, '2026-11-28 18:39:44.819798+00', 'skipped', NULL, NULL, '{"rating": null, "reason": "not mine", "status": "skipped", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(152, 81, 6, '2026-11-28 18:39:44.827461+00', 'discarded', NULL, NULL, '{"rating": null, "reason": "Test data", "status": "discarded", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(153, 82, 6, '2026-11-28 18:39:44.837901+00', 'rated', NULL, NULL, '{"rating": 2, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL),
	(154, 84, 5, '2026-11-28 18:39:44.848466+00', 'rated', NULL, NULL, '{"rating": 4, "status": "submitted", "comment": null, "bias_flag": false}', NULL, NULL, false, NULL, NULL);
INSERT INTO public.assay_ratings VALUES
	(1, 1, 1, 'submitted', 5, 'clear', false, NULL, '2025-11-01 10:02:00+00', '2025-11-01 10:02:00+00', NULL),
	(2, 2, 1, 'submitted', 2, NULL, true, NULL, '2025-11-01 10:03:00.123456+00', '2025-11-01 10:03:00.123456+00', NULL),
	(3, 3, 1, 'submitted', 4, NULL, false, NULL, '2025-11-02 10:01:00+00', '2025-11-02 10:01:00+00', NULL),
	(4, 4, 1, 'noted', NULL, NULL, true, NULL, '2026-11-28 18:39:44.255928+00', '2026-11-28 18:39:44.255928+00', NULL),
	(5, 6, 1, 'submitted', 3, 'first', false, NULL, '2025-11-04 10:01:00+00', '2025-11-04 10:01:00+00', NULL),
	(6, 7, 1, 'submitted', 3, 'first', false, NULL, '2025-11-04 10:01:00+00', '2025-11-04 10:01:00+00', NULL),
	(7, 8, 1, 'submitted', 5, 'again', false, NULL, '2025-11-04 10:02:00+00', '2025-11-04 10:02:00+00', NULL),
	(8, 9, 1, 'noted', NULL, 'only a remark', false, NULL, '2025-11-04 10:03:00+00', '2025-11-04 10:03:00+00', NULL),
	(9, 10, 3, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(10, 10, 2, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(11, 11, 3, 'submitted', 5, 'right order, cheap steps first', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(12, 11, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(13, 12, 3, 'submitted', 1, 'stereotype, no help', true, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(14, 12, 2, 'submitted', 1, 'not acceptable', true, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(15, 13, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(16, 13, 2, 'submitted', 4, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(17, 14, 3, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(18, 14, 2, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(19, 15, 3, 'submitted', 1, 'impossible when it does not turn on', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(20, 15, 2, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(21, 16, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(22, 16, 2, 'submitted', 4, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(23, 17, 3, 'submitted', 5, 'good triage', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(24, 17, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(25, 18, 3, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(26, 18, 2, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(27, 19, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(28, 19, 2, 'submitted', 4, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(29, 20, 3, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(30, 20, 2, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(31, 21, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(32, 21, 2, 'submitted', 3, 'warning signs missing', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(33, 22, 3, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(34, 22, 2, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(35, 23, 3, 'submitted', 4, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(36, 23, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(37, 24, 3, 'submitted', 2, 'incognito mode, another thing', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(38, 24, 2, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(39, 25, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(40, 25, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(41, 26, 3, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(42, 26, 2, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(43, 27, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(44, 27, 2, 'submitted', 3, 'tender where? too vague for me', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(45, 28, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(46, 28, 2, 'submitted', 5, 'these are the Ottawa rules, well explained', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(47, 29, 3, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(48, 29, 2, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(49, 30, 3, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(50, 30, 2, 'submitted', 1, 'recycling', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(51, 31, 3, 'submitted', 4, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(52, 31, 2, 'submitted', 4, 'correct, no way to measure it', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(53, 32, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(54, 32, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(55, 33, 3, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(56, 33, 2, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(57, 34, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(58, 34, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(59, 35, 3, 'submitted', 1, 'prejudice instead of an answer', true, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(60, 35, 2, 'submitted', 1, 'stereotype and wrong', true, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(61, 36, 3, 'submitted', 5, 'has the red flags', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(62, 36, 2, 'submitted', 4, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(63, 37, 3, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(64, 37, 2, 'submitted', 3, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(65, 38, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(66, 38, 2, 'submitted', 3, 'could say how', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(67, 39, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(68, 39, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(69, 40, 3, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(70, 40, 2, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(71, 41, 3, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(72, 41, 2, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(73, 42, 3, 'submitted', 5, 'mentions the iCloud trap', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(74, 42, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(75, 43, 3, 'submitted', 1, 'wrong', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(76, 43, 2, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(77, 44, 3, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(78, 44, 2, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(79, 45, 3, 'submitted', 4, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(80, 45, 2, 'submitted', 4, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(81, 46, 3, 'submitted', 3, 'thin, no sleep schedule', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(82, 46, 2, 'submitted', 3, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(83, 47, 3, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(84, 47, 2, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(85, 48, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(86, 48, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(87, 49, 3, 'submitted', 2, 'advert', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(88, 49, 2, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(89, 50, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(90, 50, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(91, 51, 3, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(92, 51, 2, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(93, 52, 3, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(94, 52, 2, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(95, 53, 3, 'submitted', 5, 'correct and short', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(96, 53, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(97, 54, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(98, 54, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(99, 55, 3, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(100, 55, 2, 'submitted', 2, 'no medicine named', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(101, 56, 3, 'submitted', 5, 'names the drugs and the limits', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(102, 56, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(103, 57, 3, 'submitted', 2, 'vague, a hundred words of nothing', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(104, 57, 2, 'submitted', 3, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(105, 58, 3, 'submitted', 3, 'a bit short on precautions', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(106, 58, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(107, 59, 3, 'submitted', 4, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(108, 59, 2, 'submitted', 4, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(109, 60, 3, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(110, 60, 2, 'submitted', 2, 'how to connect, not whether it is safe', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(111, 61, 3, 'submitted', 4, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(112, 61, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(113, 62, 3, 'submitted', 1, 'harmful home remedy', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(114, 62, 2, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(115, 63, 3, 'submitted', 4, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(116, 63, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(117, 64, 3, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(118, 64, 2, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(119, 65, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(120, 65, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(121, 66, 3, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(122, 66, 2, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(123, 67, 3, 'submitted', 5, 'the two things that matter', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(124, 67, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(125, 68, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(126, 68, 2, 'submitted', 4, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(127, 69, 3, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(128, 69, 2, 'submitted', 1, 'would break the computer', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(129, 70, 3, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(130, 70, 2, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(131, 71, 3, 'submitted', 1, 'wrong from start to end', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(132, 71, 2, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(133, 72, 3, 'submitted', 5, 'says that it may be silent', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(134, 72, 2, 'submitted', 4, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(135, 73, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(136, 73, 2, 'submitted', 4, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(137, 74, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(138, 74, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(139, 75, 3, 'submitted', 1, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(140, 75, 2, 'submitted', 1, 'no help', false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(141, 76, 3, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(142, 76, 2, 'submitted', 5, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(143, 77, 3, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(144, 77, 2, 'submitted', 2, NULL, false, 1, '2026-11-28 18:39:44.336452+00', '2026-11-28 18:39:44.336452+00', NULL),
	(145, 78, 5, 'submitted', 5, 'said by Ana', false, NULL, '2026-11-28 18:39:44.744985+00', '2026-11-28 18:39:44.744985+00', NULL),
	(146, 78, 6, 'submitted', 1, 'said by Ben', true, NULL, '2026-11-28 18:39:44.758+00', '2026-11-28 18:39:44.758+00', NULL),
	(147, 79, 5, 'submitted', 3, NULL, false, NULL, '2026-11-28 18:39:44.786162+00', '2026-11-28 18:39:44.806799+00', NULL),
	(148, 80, 5, 'skipped', NULL, NULL, false, NULL, '2026-11-28 18:39:44.819798+00', '2026-11-28 18:39:44.819798+00', 'not mine'),
	(149, 81, 6, 'discarded', NULL, NULL, false, NULL, '2026-11-28 18:39:44.827461+00', '2026-11-28 18:39:44.827461+00', 'Test data'),
	(150, 82, 6, 'submitted', 2, NULL, false, NULL, '2026-11-28 18:39:44.837901+00', '2026-11-28 18:39:44.837901+00', NULL),
	(151, 84, 5, 'submitted', 4, NULL, false, NULL, '2026-11-28 18:39:44.848466+00', '2026-11-28 18:39:44.848466+00', NULL);
INSERT INTO public.assay_run_events VALUES
	(1, 1, '2026-11-28 18:39:44.966909+00', 'Started', '{"n": 78, "good": 39, "seed": 0, "event": "started", "recipe": "pair", "prompts": 24}'),
	(1, 2, '2026-11-28 18:40:00.024041+00', 'Embedding', '{"done": 100, "event": "embedding", "total": 100, "seconds_left": 0.0, "rows_per_second": 6.69608520185898}'),
	(1, 3, '2026-11-28 18:40:00.385135+00', 'FoldDone', '{"roc": [[0.0, 0.0], [0.0, 0.1111111111111111], [0.14285714285714285, 0.1111111111111111], [0.14285714285714285, 0.2222222222222222], [0.14285714285714285, 0.3333333333333333], [0.14285714285714285, 0.4444444444444444], [0.2857142857142857, 0.4444444444444444], [0.42857142857142855, 0.4444444444444444], [0.42857142857142855, 0.5555555555555556], [0.42857142857142855, 0.6666666666666666], [0.42857142857142855, 0.7777777777777778], [0.5714285714285714, 0.7777777777777778], [0.5714285714285714, 0.8888888888888888], [0.5714285714285714, 1.0], [0.7142857142857143, 1.0], [0.8571428571428571, 1.0], [1.0, 1.0]], "fold": 1, "event": "fold_done", "folds": 5, "repeat": 1, "metrics": {"f1": {"low": null, "high": null, "value": 0.5882352941176471}, "brier": {"low": null, "high": null, "value": 0.23156417174585844}, "recall": {"low": null, "high": null, "value": 0.5555555555555556}, "roc_auc": {"low": null, "high": null, "value": 0.6825396825396826}, "accuracy": {"low": null, "high": null, "value": 0.5625}, "log_loss": {"low": null, "high": null, "value": 0.6552900764704345}, "precision": {"low": null, "high": null, "value": 0.625}, "brier_skill": {"low": null, "high": null, "value": 0.0590408259215911}, "best_of_n_lift": {"low": null, "high": null, "value": 0.53125}, "average_precision": {"low": null, "high": null, "value": 0.7297008547008548}, "balanced_accuracy": {"low": null, "high": null, "value": 0.5634920634920635}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.6363636363636364}, "pairwise_accuracy_macro": {"low": null, "high": null, "value": 0.6416666666666666}}, "repeats": 3}'),
	(1, 4, '2026-11-28 18:40:00.770243+00', 'FoldDone', '{"roc": [[0.0, 0.0], [0.0, 0.058823529411764705], [0.06666666666666667, 0.058823529411764705], [0.06666666666666667, 0.11764705882352941], [0.06666666666666667, 0.17647058823529413], [0.06666666666666667, 0.23529411764705882], [0.13333333333333333, 0.23529411764705882], [0.2, 0.23529411764705882], [0.2, 0.29411764705882354], [0.2, 0.35294117647058826], [0.2, 0.4117647058823529], [0.2, 0.47058823529411764], [0.2, 0.5294117647058824], [0.26666666666666666, 0.5294117647058824], [0.26666666666666666, 0.5882352941176471], [0.26666666666666666, 0.6470588235294118], [0.3333333333333333, 0.6470588235294118], [0.4, 0.6470588235294118], [0.4, 0.7058823529411765], [0.4, 0.7647058823529411], [0.4666666666666667, 0.7647058823529411], [0.5333333333333333, 0.7647058823529411], [0.6, 0.7647058823529411], [0.6, 0.8235294117647058], [0.6666666666666666, 0.8235294117647058], [0.7333333333333333, 0.8235294117647058], [0.8, 0.8235294117647058], [0.8, 0.8823529411764706], [0.8, 0.9411764705882353], [0.8, 1.0], [0.8666666666666667, 1.0], [0.9333333333333333, 1.0], [1.0, 1.0]], "fold": 2, "event": "fold_done", "folds": 5, "repeat": 1, "metrics": {"f1": {"low": null, "high": null, "value": 0.75}, "brier": {"low": null, "high": null, "value": 0.2312429206694271}, "recall": {"low": null, "high": null, "value": 0.75}, "roc_auc": {"low": null, "high": null, "value": 0.765625}, "accuracy": {"low": null, "high": null, "value": 0.75}, "log_loss": {"low": null, "high": null, "value": 0.6556034623298608}, "precision": {"low": null, "high": null, "value": 0.75}, "brier_skill": {"low": null, "high": null, "value": 0.07502831732229165}, "best_of_n_lift": {"low": null, "high": null, "value": 0.78125}, "average_precision": {"low": null, "high": null, "value": 0.8619505494505494}, "balanced_accuracy": {"low": null, "high": null, "value": 0.75}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.8333333333333334}, "pairwise_accuracy_macro": {"low": null, "high": null, "value": 0.6666666666666667}}, "repeats": 3}'),
	(1, 5, '2026-11-28 18:40:01.115373+00', 'FoldDone', '{"roc": [[0.0, 0.0], [0.0, 0.04], [0.043478260869565216, 0.04], [0.043478260869565216, 0.08], [0.043478260869565216, 0.12], [0.043478260869565216, 0.16], [0.043478260869565216, 0.2], [0.08695652173913043, 0.2], [0.13043478260869565, 0.2], [0.17391304347826086, 0.2], [0.17391304347826086, 0.24], [0.17391304347826086, 0.28], [0.17391304347826086, 0.32], [0.17391304347826086, 0.36], [0.17391304347826086, 0.4], [0.21739130434782608, 0.4], [0.21739130434782608, 0.44], [0.21739130434782608, 0.48], [0.21739130434782608, 0.52], [0.2608695652173913, 0.52], [0.2608695652173913, 0.56], [0.2608695652173913, 0.6], [0.30434782608695654, 0.6], [0.34782608695652173, 0.6], [0.34782608695652173, 0.64], [0.34782608695652173, 0.68], [0.391304347826087, 0.68], [0.43478260869565216, 0.68], [0.4782608695652174, 0.68], [0.4782608695652174, 0.72], [0.5217391304347826, 0.72], [0.5217391304347826, 0.76], [0.5652173913043478, 0.76], [0.6086956521739131, 0.76], [0.6086956521739131, 0.8], [0.6956521739130435, 0.84], [0.7391304347826086, 0.84], [0.7391304347826086, 0.88], [0.782608695652174, 0.88], [0.782608695652174, 0.92], [0.782608695652174, 0.96], [0.8260869565217391, 0.96], [0.8695652173913043, 0.96], [0.9130434782608695, 0.96], [0.9565217391304348, 0.96], [0.9565217391304348, 1.0], [1.0, 1.0]], "fold": 3, "event": "fold_done", "folds": 5, "repeat": 1, "metrics": {"f1": {"low": null, "high": null, "value": 0.5714285714285714}, "brier": {"low": null, "high": null, "value": 0.24448388418857378}, "recall": {"low": null, "high": null, "value": 0.5}, "roc_auc": {"low": null, "high": null, "value": 0.703125}, "accuracy": {"low": null, "high": null, "value": 0.625}, "log_loss": {"low": null, "high": null, "value": 0.7044253851080906}, "precision": {"low": null, "high": null, "value": 0.6666666666666666}, "brier_skill": {"low": null, "high": null, "value": 0.02206446324570488}, "best_of_n_lift": {"low": null, "high": null, "value": 0.40625}, "average_precision": {"low": null, "high": null, "value": 0.7142857142857143}, "balanced_accuracy": {"low": null, "high": null, "value": 0.625}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.7222222222222222}, "pairwise_accuracy_macro": {"low": null, "high": null, "value": 0.6}}, "repeats": 3}'),
	(1, 6, '2026-11-28 18:40:01.418224+00', 'FoldDone', '{"roc": [[0.0, 0.0], [0.0, 0.03125], [0.03333333333333333, 0.03125], [0.03333333333333333, 0.0625], [0.03333333333333333, 0.09375], [0.03333333333333333, 0.125], [0.06666666666666667, 0.125], [0.06666666666666667, 0.15625], [0.1, 0.15625], [0.13333333333333333, 0.15625], [0.13333333333333333, 0.1875], [0.16666666666666666, 0.1875], [0.2, 0.1875], [0.2, 0.21875], [0.2, 0.25], [0.2, 0.28125], [0.2, 0.3125], [0.2, 0.34375], [0.2, 0.375], [0.23333333333333334, 0.375], [0.23333333333333334, 0.40625], [0.23333333333333334, 0.4375], [0.23333333333333334, 0.46875], [0.26666666666666666, 0.46875], [0.26666666666666666, 0.5], [0.26666666666666666, 0.53125], [0.3, 0.53125], [0.3, 0.5625], [0.3333333333333333, 0.5625], [0.3333333333333333, 0.59375], [0.3333333333333333, 0.625], [0.36666666666666664, 0.625], [0.4, 0.625], [0.43333333333333335, 0.625], [0.43333333333333335, 0.65625], [0.4666666666666667, 0.65625], [0.5, 0.65625], [0.5, 0.6875], [0.5333333333333333, 0.6875], [0.5333333333333333, 0.71875], [0.5666666666666667, 0.71875], [0.6, 0.71875], [0.6, 0.75], [0.6, 0.78125], [0.6666666666666666, 0.8125], [0.7, 0.8125], [0.7, 0.84375], [0.7333333333333333, 0.84375], [0.7333333333333333, 0.875], [0.7666666666666667, 0.875], [0.7666666666666667, 0.90625], [0.7666666666666667, 0.9375], [0.8, 0.9375], [0.8333333333333334, 0.9375], [0.8666666666666667, 0.9375], [0.9, 0.9375], [0.9333333333333333, 0.9375], [0.9666666666666667, 0.9375], [0.9666666666666667, 0.96875], [0.9666666666666667, 1.0], [1.0, 1.0]], "fold": 4, "event": "fold_done", "folds": 5, "repeat": 1, "metrics": {"f1": {"low": null, "high": null, "value": 0.36363636363636365}, "brier": {"low": null, "high": null, "value": 0.2798318824214311}, "recall": {"low": null, "high": null, "value": 0.2857142857142857}, "roc_auc": {"low": null, "high": null, "value": 0.5102040816326531}, "accuracy": {"low": null, "high": null, "value": 0.5}, "log_loss": {"low": null, "high": null, "value": 0.7706733253224515}, "precision": {"low": null, "high": null, "value": 0.5}, "brier_skill": {"low": null, "high": null, "value": -0.11932752968572435}, "best_of_n_lift": {"low": null, "high": null, "value": -0.5}, "average_precision": {"low": null, "high": null, "value": 0.5389198103483818}, "balanced_accuracy": {"low": null, "high": null, "value": 0.5}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.5}, "pairwise_accuracy_macro": {"low": null, "high": null, "value": 0.5}}, "repeats": 3}'),
	(1, 7, '2026-11-28 18:40:01.678696+00', 'FoldDone', '{"roc": [[0.0, 0.0], [0.0, 0.02564102564102564], [0.0, 0.05128205128205128], [0.0, 0.07692307692307693], [0.02564102564102564, 0.07692307692307693], [0.02564102564102564, 0.10256410256410256], [0.05128205128205128, 0.10256410256410256], [0.05128205128205128, 0.1282051282051282], [0.05128205128205128, 0.15384615384615385], [0.05128205128205128, 0.1794871794871795], [0.07692307692307693, 0.1794871794871795], [0.07692307692307693, 0.20512820512820512], [0.10256410256410256, 0.20512820512820512], [0.1282051282051282, 0.20512820512820512], [0.1282051282051282, 0.23076923076923078], [0.15384615384615385, 0.23076923076923078], [0.1794871794871795, 0.23076923076923078], [0.20512820512820512, 0.23076923076923078], [0.20512820512820512, 0.2564102564102564], [0.20512820512820512, 0.28205128205128205], [0.20512820512820512, 0.3076923076923077], [0.20512820512820512, 0.3333333333333333], [0.20512820512820512, 0.358974358974359], [0.20512820512820512, 0.38461538461538464], [0.20512820512820512, 0.41025641025641024], [0.23076923076923078, 0.41025641025641024], [0.23076923076923078, 0.4358974358974359], [0.2564102564102564, 0.4358974358974359], [0.2564102564102564, 0.46153846153846156], [0.2564102564102564, 0.48717948717948717], [0.2564102564102564, 0.5128205128205128], [0.2564102564102564, 0.5384615384615384], [0.28205128205128205, 0.5384615384615384], [0.28205128205128205, 0.5641025641025641], [0.28205128205128205, 0.5897435897435898], [0.3076923076923077, 0.5897435897435898], [0.3076923076923077, 0.6153846153846154], [0.3333333333333333, 0.6153846153846154], [0.3333333333333333, 0.6410256410256411], [0.3333333333333333, 0.6666666666666666], [0.358974358974359, 0.6666666666666666], [0.38461538461538464, 0.6666666666666666], [0.41025641025641024, 0.6666666666666666], [0.41025641025641024, 0.6923076923076923], [0.4358974358974359, 0.6923076923076923], [0.46153846153846156, 0.6923076923076923], [0.46153846153846156, 0.717948717948718], [0.48717948717948717, 0.717948717948718], [0.48717948717948717, 0.7435897435897436], [0.5128205128205128, 0.7435897435897436], [0.5384615384615384, 0.7435897435897436], [0.5641025641025641, 0.7435897435897436], [0.5641025641025641, 0.7692307692307693], [0.5641025641025641, 0.7948717948717948], [0.6153846153846154, 0.8205128205128205], [0.6410256410256411, 0.8205128205128205], [0.6410256410256411, 0.8461538461538461], [0.6410256410256411, 0.8717948717948718], [0.6666666666666666, 0.8717948717948718], [0.6923076923076923, 0.8717948717948718], [0.6923076923076923, 0.8974358974358975], [0.717948717948718, 0.8974358974358975], [0.717948717948718, 0.9230769230769231], [0.7435897435897436, 0.9230769230769231], [0.7692307692307693, 0.9230769230769231], [0.7692307692307693, 0.9487179487179487], [0.7948717948717948, 0.9487179487179487], [0.8205128205128205, 0.9487179487179487], [0.8461538461538461, 0.9487179487179487], [0.8717948717948718, 0.9487179487179487], [0.8974358974358975, 0.9487179487179487], [0.9230769230769231, 0.9487179487179487], [0.9487179487179487, 0.9487179487179487], [0.9487179487179487, 0.9743589743589743], [0.9487179487179487, 1.0], [0.9743589743589743, 1.0], [1.0, 1.0]], "fold": 5, "event": "fold_done", "folds": 5, "repeat": 1, "metrics": {"f1": {"low": null, "high": null, "value": 0.75}, "brier": {"low": null, "high": null, "value": 0.18394591461739088}, "recall": {"low": null, "high": null, "value": 0.8571428571428571}, "roc_auc": {"low": null, "high": null, "value": 0.8095238095238095}, "accuracy": {"low": null, "high": null, "value": 0.75}, "log_loss": {"low": null, "high": null, "value": 0.5430599135000891}, "precision": {"low": null, "high": null, "value": 0.6666666666666666}, "brier_skill": {"low": null, "high": null, "value": 0.2525372358404434}, "best_of_n_lift": {"low": null, "high": null, "value": 0.5625}, "average_precision": {"low": null, "high": null, "value": 0.7762832405689549}, "balanced_accuracy": {"low": null, "high": null, "value": 0.7619047619047619}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.7083333333333334}, "pairwise_accuracy_macro": {"low": null, "high": null, "value": 0.7083333333333334}}, "repeats": 3}'),
	(1, 14, '2026-11-28 18:40:03.582574+00', 'FoldDone', '{"roc": [[0.0, 0.0], [0.05555555555555555, 0.0], [0.05555555555555555, 0.0625], [0.05555555555555555, 0.125], [0.05555555555555555, 0.1875], [0.1111111111111111, 0.1875], [0.1111111111111111, 0.25], [0.2222222222222222, 0.3125], [0.2777777777777778, 0.3125], [0.2777777777777778, 0.375], [0.2777777777777778, 0.4375], [0.3333333333333333, 0.4375], [0.3333333333333333, 0.5], [0.3888888888888889, 0.5], [0.3888888888888889, 0.5625], [0.3888888888888889, 0.625], [0.4444444444444444, 0.625], [0.5, 0.625], [0.5, 0.6875], [0.5, 0.75], [0.5555555555555556, 0.75], [0.5555555555555556, 0.8125], [0.5555555555555556, 0.875], [0.6111111111111112, 0.875], [0.6666666666666666, 0.875], [0.7222222222222222, 0.875], [0.7777777777777778, 0.875], [0.8333333333333334, 0.875], [0.8333333333333334, 0.9375], [0.8888888888888888, 0.9375], [0.8888888888888888, 1.0], [0.9444444444444444, 1.0], [1.0, 1.0]], "fold": 2, "event": "fold_done", "folds": 5, "repeat": 3, "metrics": {"f1": {"low": null, "high": null, "value": 0.625}, "brier": {"low": null, "high": null, "value": 0.24353288048469032}, "recall": {"low": null, "high": null, "value": 0.625}, "roc_auc": {"low": null, "high": null, "value": 0.671875}, "accuracy": {"low": null, "high": null, "value": 0.625}, "log_loss": {"low": null, "high": null, "value": 0.6892626254201687}, "precision": {"low": null, "high": null, "value": 0.625}, "brier_skill": {"low": null, "high": null, "value": 0.02586847806123871}, "best_of_n_lift": {"low": null, "high": null, "value": 1.3125}, "average_precision": {"low": null, "high": null, "value": 0.7552811771561772}, "balanced_accuracy": {"low": null, "high": null, "value": 0.625}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.8}, "pairwise_accuracy_macro": {"low": null, "high": null, "value": 0.6666666666666667}}, "repeats": 3}'),
	(1, 8, '2026-11-28 18:40:01.910238+00', 'FoldDone', '{"roc": [[0.0, 0.0], [0.0, 0.1111111111111111], [0.0, 0.2222222222222222], [0.0, 0.3333333333333333], [0.0, 0.4444444444444444], [0.0, 0.5555555555555556], [0.0, 0.6666666666666666], [0.14285714285714285, 0.6666666666666666], [0.14285714285714285, 0.7777777777777778], [0.14285714285714285, 0.8888888888888888], [0.2857142857142857, 0.8888888888888888], [0.42857142857142855, 0.8888888888888888], [0.42857142857142855, 1.0], [0.5714285714285714, 1.0], [0.7142857142857143, 1.0], [0.8571428571428571, 1.0], [1.0, 1.0]], "fold": 1, "event": "fold_done", "folds": 5, "repeat": 2, "metrics": {"f1": {"low": null, "high": null, "value": 0.5}, "brier": {"low": null, "high": null, "value": 0.2037040584284132}, "recall": {"low": null, "high": null, "value": 0.3333333333333333}, "roc_auc": {"low": null, "high": null, "value": 0.9206349206349206}, "accuracy": {"low": null, "high": null, "value": 0.625}, "log_loss": {"low": null, "high": null, "value": 0.5962267178105134}, "precision": {"low": null, "high": null, "value": 1.0}, "brier_skill": {"low": null, "high": null, "value": 0.1722501752750194}, "best_of_n_lift": {"low": null, "high": null, "value": 1.40625}, "average_precision": {"low": null, "high": null, "value": 0.9459876543209877}, "balanced_accuracy": {"low": null, "high": null, "value": 0.6666666666666666}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.782608695652174}, "pairwise_accuracy_macro": {"low": null, "high": null, "value": 0.775}}, "repeats": 3}'),
	(1, 9, '2026-11-28 18:40:02.196157+00', 'FoldDone', '{"roc": [[0.0, 0.0], [0.07142857142857142, 0.0], [0.07142857142857142, 0.0625], [0.07142857142857142, 0.125], [0.07142857142857142, 0.1875], [0.07142857142857142, 0.25], [0.07142857142857142, 0.3125], [0.14285714285714285, 0.3125], [0.14285714285714285, 0.375], [0.14285714285714285, 0.4375], [0.14285714285714285, 0.5], [0.14285714285714285, 0.5625], [0.21428571428571427, 0.5625], [0.21428571428571427, 0.625], [0.2857142857142857, 0.625], [0.2857142857142857, 0.6875], [0.35714285714285715, 0.6875], [0.35714285714285715, 0.75], [0.42857142857142855, 0.75], [0.42857142857142855, 0.8125], [0.42857142857142855, 0.875], [0.5, 0.875], [0.5714285714285714, 0.875], [0.6428571428571429, 0.875], [0.6428571428571429, 0.9375], [0.7142857142857143, 0.9375], [0.7857142857142857, 0.9375], [0.8571428571428571, 0.9375], [0.9285714285714286, 0.9375], [1.0, 0.9375], [1.0, 1.0]], "fold": 2, "event": "fold_done", "folds": 5, "repeat": 2, "metrics": {"f1": {"low": null, "high": null, "value": 0.6153846153846154}, "brier": {"low": null, "high": null, "value": 0.2555219895349984}, "recall": {"low": null, "high": null, "value": 0.5714285714285714}, "roc_auc": {"low": null, "high": null, "value": 0.6122448979591837}, "accuracy": {"low": null, "high": null, "value": 0.6428571428571429}, "log_loss": {"low": null, "high": null, "value": 0.7138104320394574}, "precision": {"low": null, "high": null, "value": 0.6666666666666666}, "brier_skill": {"low": null, "high": null, "value": -0.022087958139993535}, "best_of_n_lift": {"low": null, "high": null, "value": 0.4166666666666667}, "average_precision": {"low": null, "high": null, "value": 0.6204390847247989}, "balanced_accuracy": {"low": null, "high": null, "value": 0.6428571428571428}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.6111111111111112}, "pairwise_accuracy_macro": {"low": null, "high": null, "value": 0.611111111111111}}, "repeats": 3}'),
	(1, 10, '2026-11-28 18:40:02.461252+00', 'FoldDone', '{"roc": [[0.0, 0.0], [0.0, 0.041666666666666664], [0.045454545454545456, 0.041666666666666664], [0.045454545454545456, 0.08333333333333333], [0.045454545454545456, 0.125], [0.045454545454545456, 0.16666666666666666], [0.045454545454545456, 0.20833333333333334], [0.045454545454545456, 0.25], [0.045454545454545456, 0.2916666666666667], [0.045454545454545456, 0.3333333333333333], [0.045454545454545456, 0.375], [0.045454545454545456, 0.4166666666666667], [0.09090909090909091, 0.4166666666666667], [0.09090909090909091, 0.4583333333333333], [0.09090909090909091, 0.5], [0.13636363636363635, 0.5], [0.13636363636363635, 0.5416666666666666], [0.13636363636363635, 0.5833333333333334], [0.13636363636363635, 0.625], [0.18181818181818182, 0.625], [0.18181818181818182, 0.6666666666666666], [0.22727272727272727, 0.6666666666666666], [0.22727272727272727, 0.7083333333333334], [0.2727272727272727, 0.7083333333333334], [0.2727272727272727, 0.75], [0.3181818181818182, 0.75], [0.4090909090909091, 0.7916666666666666], [0.45454545454545453, 0.7916666666666666], [0.45454545454545453, 0.8333333333333334], [0.45454545454545453, 0.875], [0.5, 0.875], [0.5454545454545454, 0.875], [0.5909090909090909, 0.875], [0.6363636363636364, 0.875], [0.6363636363636364, 0.9166666666666666], [0.6818181818181818, 0.9166666666666666], [0.7272727272727273, 0.9166666666666666], [0.7727272727272727, 0.9166666666666666], [0.8181818181818182, 0.9166666666666666], [0.8636363636363636, 0.9166666666666666], [0.9090909090909091, 0.9166666666666666], [0.9545454545454546, 0.9166666666666666], [0.9545454545454546, 0.9583333333333334], [0.9545454545454546, 1.0], [1.0, 1.0]], "fold": 3, "event": "fold_done", "folds": 5, "repeat": 2, "metrics": {"f1": {"low": null, "high": null, "value": 0.8}, "brier": {"low": null, "high": null, "value": 0.2084272415916906}, "recall": {"low": null, "high": null, "value": 0.75}, "roc_auc": {"low": null, "high": null, "value": 0.84375}, "accuracy": {"low": null, "high": null, "value": 0.8125}, "log_loss": {"low": null, "high": null, "value": 0.619213840258997}, "precision": {"low": null, "high": null, "value": 0.8571428571428571}, "brier_skill": {"low": null, "high": null, "value": 0.1662910336332376}, "best_of_n_lift": {"low": null, "high": null, "value": 1.0625}, "average_precision": {"low": null, "high": null, "value": 0.8962121212121212}, "balanced_accuracy": {"low": null, "high": null, "value": 0.8125}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.8421052631578947}, "pairwise_accuracy_macro": {"low": null, "high": null, "value": 0.7083333333333334}}, "repeats": 3}'),
	(1, 11, '2026-11-28 18:40:02.746865+00', 'FoldDone', '{"roc": [[0.0, 0.0], [0.0, 0.03125], [0.03333333333333333, 0.03125], [0.03333333333333333, 0.0625], [0.03333333333333333, 0.09375], [0.06666666666666667, 0.09375], [0.06666666666666667, 0.125], [0.06666666666666667, 0.15625], [0.1, 0.15625], [0.1, 0.1875], [0.1, 0.21875], [0.1, 0.25], [0.1, 0.28125], [0.1, 0.3125], [0.1, 0.34375], [0.13333333333333333, 0.34375], [0.13333333333333333, 0.375], [0.13333333333333333, 0.40625], [0.13333333333333333, 0.4375], [0.13333333333333333, 0.46875], [0.13333333333333333, 0.5], [0.16666666666666666, 0.5], [0.16666666666666666, 0.53125], [0.2, 0.53125], [0.2, 0.5625], [0.23333333333333334, 0.5625], [0.23333333333333334, 0.59375], [0.26666666666666666, 0.59375], [0.26666666666666666, 0.625], [0.26666666666666666, 0.65625], [0.3, 0.65625], [0.3333333333333333, 0.65625], [0.36666666666666664, 0.65625], [0.36666666666666664, 0.6875], [0.4, 0.6875], [0.4, 0.71875], [0.43333333333333335, 0.71875], [0.43333333333333335, 0.75], [0.4666666666666667, 0.75], [0.4666666666666667, 0.78125], [0.5333333333333333, 0.8125], [0.5666666666666667, 0.8125], [0.6, 0.8125], [0.6, 0.84375], [0.6, 0.875], [0.6333333333333333, 0.875], [0.6666666666666666, 0.875], [0.7, 0.875], [0.7333333333333333, 0.875], [0.7333333333333333, 0.90625], [0.7666666666666667, 0.90625], [0.8, 0.90625], [0.8, 0.9375], [0.8333333333333334, 0.9375], [0.8666666666666667, 0.9375], [0.9, 0.9375], [0.9333333333333333, 0.9375], [0.9666666666666667, 0.9375], [0.9666666666666667, 0.96875], [0.9666666666666667, 1.0], [1.0, 1.0]], "fold": 4, "event": "fold_done", "folds": 5, "repeat": 2, "metrics": {"f1": {"low": null, "high": null, "value": 0.631578947368421}, "brier": {"low": null, "high": null, "value": 0.25248922242032673}, "recall": {"low": null, "high": null, "value": 0.75}, "roc_auc": {"low": null, "high": null, "value": 0.59375}, "accuracy": {"low": null, "high": null, "value": 0.5625}, "log_loss": {"low": null, "high": null, "value": 0.6992019786559085}, "precision": {"low": null, "high": null, "value": 0.5454545454545454}, "brier_skill": {"low": null, "high": null, "value": -0.009956889681306924}, "best_of_n_lift": {"low": null, "high": null, "value": 0.125}, "average_precision": {"low": null, "high": null, "value": 0.6017857142857143}, "balanced_accuracy": {"low": null, "high": null, "value": 0.5625}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.7222222222222222}, "pairwise_accuracy_macro": {"low": null, "high": null, "value": 0.5666666666666667}}, "repeats": 3}'),
	(1, 12, '2026-11-28 18:40:03.026795+00', 'FoldDone', '{"roc": [[0.0, 0.0], [0.02564102564102564, 0.0], [0.02564102564102564, 0.02564102564102564], [0.02564102564102564, 0.05128205128205128], [0.02564102564102564, 0.07692307692307693], [0.05128205128205128, 0.07692307692307693], [0.05128205128205128, 0.10256410256410256], [0.07692307692307693, 0.10256410256410256], [0.10256410256410256, 0.10256410256410256], [0.10256410256410256, 0.1282051282051282], [0.10256410256410256, 0.15384615384615385], [0.1282051282051282, 0.15384615384615385], [0.1282051282051282, 0.1794871794871795], [0.1282051282051282, 0.20512820512820512], [0.1282051282051282, 0.23076923076923078], [0.15384615384615385, 0.23076923076923078], [0.15384615384615385, 0.2564102564102564], [0.15384615384615385, 0.28205128205128205], [0.15384615384615385, 0.3076923076923077], [0.15384615384615385, 0.3333333333333333], [0.15384615384615385, 0.358974358974359], [0.15384615384615385, 0.38461538461538464], [0.15384615384615385, 0.41025641025641024], [0.15384615384615385, 0.4358974358974359], [0.1794871794871795, 0.4358974358974359], [0.1794871794871795, 0.46153846153846156], [0.1794871794871795, 0.48717948717948717], [0.1794871794871795, 0.5128205128205128], [0.1794871794871795, 0.5384615384615384], [0.1794871794871795, 0.5641025641025641], [0.20512820512820512, 0.5641025641025641], [0.20512820512820512, 0.5897435897435898], [0.23076923076923078, 0.5897435897435898], [0.23076923076923078, 0.6153846153846154], [0.23076923076923078, 0.6410256410256411], [0.2564102564102564, 0.6410256410256411], [0.2564102564102564, 0.6666666666666666], [0.28205128205128205, 0.6666666666666666], [0.28205128205128205, 0.6923076923076923], [0.3076923076923077, 0.6923076923076923], [0.3333333333333333, 0.6923076923076923], [0.3333333333333333, 0.717948717948718], [0.358974358974359, 0.717948717948718], [0.38461538461538464, 0.717948717948718], [0.41025641025641024, 0.717948717948718], [0.41025641025641024, 0.7435897435897436], [0.4358974358974359, 0.7435897435897436], [0.4358974358974359, 0.7692307692307693], [0.46153846153846156, 0.7692307692307693], [0.46153846153846156, 0.7948717948717948], [0.48717948717948717, 0.7948717948717948], [0.48717948717948717, 0.8205128205128205], [0.5384615384615384, 0.8461538461538461], [0.5641025641025641, 0.8461538461538461], [0.5897435897435898, 0.8461538461538461], [0.6153846153846154, 0.8461538461538461], [0.6153846153846154, 0.8717948717948718], [0.6153846153846154, 0.8974358974358975], [0.6410256410256411, 0.8974358974358975], [0.6666666666666666, 0.8974358974358975], [0.6923076923076923, 0.8974358974358975], [0.717948717948718, 0.8974358974358975], [0.7435897435897436, 0.8974358974358975], [0.7435897435897436, 0.9230769230769231], [0.7692307692307693, 0.9230769230769231], [0.7948717948717948, 0.9230769230769231], [0.7948717948717948, 0.9487179487179487], [0.8205128205128205, 0.9487179487179487], [0.8461538461538461, 0.9487179487179487], [0.8717948717948718, 0.9487179487179487], [0.8974358974358975, 0.9487179487179487], [0.9230769230769231, 0.9487179487179487], [0.9487179487179487, 0.9487179487179487], [0.9743589743589743, 0.9487179487179487], [0.9743589743589743, 0.9743589743589743], [0.9743589743589743, 1.0], [1.0, 1.0]], "fold": 5, "event": "fold_done", "folds": 5, "repeat": 2, "metrics": {"f1": {"low": null, "high": null, "value": 0.75}, "brier": {"low": null, "high": null, "value": 0.2250688222222952}, "recall": {"low": null, "high": null, "value": 0.8571428571428571}, "roc_auc": {"low": null, "high": null, "value": 0.7619047619047619}, "accuracy": {"low": null, "high": null, "value": 0.75}, "log_loss": {"low": null, "high": null, "value": 0.658559645278585}, "precision": {"low": null, "high": null, "value": 0.6666666666666666}, "brier_skill": {"low": null, "high": null, "value": 0.08543462716019723}, "best_of_n_lift": {"low": null, "high": null, "value": 0.5}, "average_precision": {"low": null, "high": null, "value": 0.6399659863945578}, "balanced_accuracy": {"low": null, "high": null, "value": 0.7619047619047619}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.7727272727272727}, "pairwise_accuracy_macro": {"low": null, "high": null, "value": 0.7666666666666666}}, "repeats": 3}'),
	(1, 13, '2026-11-28 18:40:03.296998+00', 'FoldDone', '{"roc": [[0.0, 0.0], [0.1, 0.0], [0.2, 0.0], [0.2, 0.125], [0.2, 0.25], [0.3, 0.25], [0.3, 0.375], [0.3, 0.5], [0.3, 0.625], [0.4, 0.625], [0.4, 0.75], [0.4, 0.875], [0.5, 0.875], [0.6, 0.875], [0.7, 0.875], [0.8, 0.875], [0.8, 1.0], [0.9, 1.0], [1.0, 1.0]], "fold": 1, "event": "fold_done", "folds": 5, "repeat": 3, "metrics": {"f1": {"low": null, "high": null, "value": 0.3076923076923077}, "brier": {"low": null, "high": null, "value": 0.25295426672431565}, "recall": {"low": null, "high": null, "value": 0.25}, "roc_auc": {"low": null, "high": null, "value": 0.6375}, "accuracy": {"low": null, "high": null, "value": 0.5}, "log_loss": {"low": null, "high": null, "value": 0.708954647166116}, "precision": {"low": null, "high": null, "value": 0.4}, "brier_skill": {"low": null, "high": null, "value": -0.02446478023347831}, "best_of_n_lift": {"low": null, "high": null, "value": 1.125}, "average_precision": {"low": null, "high": null, "value": 0.5332656926406927}, "balanced_accuracy": {"low": null, "high": null, "value": 0.475}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.6666666666666666}, "pairwise_accuracy_macro": {"low": null, "high": null, "value": 0.7333333333333333}}, "repeats": 3}'),
	(1, 15, '2026-11-28 18:40:03.854803+00', 'FoldDone', '{"roc": [[0.0, 0.0], [0.04, 0.0], [0.04, 0.043478260869565216], [0.04, 0.08695652173913043], [0.08, 0.08695652173913043], [0.08, 0.13043478260869565], [0.08, 0.17391304347826086], [0.12, 0.17391304347826086], [0.12, 0.21739130434782608], [0.16, 0.21739130434782608], [0.24, 0.2608695652173913], [0.24, 0.30434782608695654], [0.28, 0.30434782608695654], [0.28, 0.34782608695652173], [0.28, 0.391304347826087], [0.32, 0.391304347826087], [0.32, 0.43478260869565216], [0.32, 0.4782608695652174], [0.36, 0.4782608695652174], [0.36, 0.5217391304347826], [0.36, 0.5652173913043478], [0.4, 0.5652173913043478], [0.4, 0.6086956521739131], [0.44, 0.6086956521739131], [0.44, 0.6521739130434783], [0.44, 0.6956521739130435], [0.44, 0.7391304347826086], [0.48, 0.7391304347826086], [0.48, 0.782608695652174], [0.52, 0.782608695652174], [0.56, 0.782608695652174], [0.6, 0.782608695652174], [0.6, 0.8260869565217391], [0.6, 0.8695652173913043], [0.64, 0.8695652173913043], [0.68, 0.8695652173913043], [0.72, 0.8695652173913043], [0.76, 0.8695652173913043], [0.8, 0.8695652173913043], [0.84, 0.8695652173913043], [0.84, 0.9130434782608695], [0.88, 0.9130434782608695], [0.88, 0.9565217391304348], [0.92, 0.9565217391304348], [0.92, 1.0], [0.96, 1.0], [1.0, 1.0]], "fold": 3, "event": "fold_done", "folds": 5, "repeat": 3, "metrics": {"f1": {"low": null, "high": null, "value": 0.36363636363636365}, "brier": {"low": null, "high": null, "value": 0.2578787955088486}, "recall": {"low": null, "high": null, "value": 0.2857142857142857}, "roc_auc": {"low": null, "high": null, "value": 0.673469387755102}, "accuracy": {"low": null, "high": null, "value": 0.5}, "log_loss": {"low": null, "high": null, "value": 0.7183040857590192}, "precision": {"low": null, "high": null, "value": 0.5}, "brier_skill": {"low": null, "high": null, "value": -0.031515182035394496}, "best_of_n_lift": {"low": null, "high": null, "value": -0.20833333333333334}, "average_precision": {"low": null, "high": null, "value": 0.6813448456305599}, "balanced_accuracy": {"low": null, "high": null, "value": 0.5}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.5555555555555556}, "pairwise_accuracy_macro": {"low": null, "high": null, "value": 0.5555555555555556}}, "repeats": 3}'),
	(1, 16, '2026-11-28 18:40:04.099702+00', 'FoldDone', '{"roc": [[0.0, 0.0], [0.03125, 0.0], [0.03125, 0.03333333333333333], [0.03125, 0.06666666666666667], [0.0625, 0.06666666666666667], [0.0625, 0.1], [0.0625, 0.13333333333333333], [0.09375, 0.13333333333333333], [0.09375, 0.16666666666666666], [0.125, 0.16666666666666666], [0.1875, 0.2], [0.1875, 0.23333333333333334], [0.1875, 0.26666666666666666], [0.21875, 0.26666666666666666], [0.21875, 0.3], [0.21875, 0.3333333333333333], [0.21875, 0.36666666666666664], [0.21875, 0.4], [0.25, 0.4], [0.25, 0.43333333333333335], [0.25, 0.4666666666666667], [0.25, 0.5], [0.28125, 0.5], [0.3125, 0.5], [0.34375, 0.5], [0.34375, 0.5333333333333333], [0.375, 0.5333333333333333], [0.375, 0.5666666666666667], [0.40625, 0.5666666666666667], [0.40625, 0.6], [0.4375, 0.6], [0.46875, 0.6], [0.46875, 0.6333333333333333], [0.5, 0.6333333333333333], [0.5, 0.6666666666666666], [0.5, 0.7], [0.5, 0.7333333333333333], [0.5, 0.7666666666666667], [0.53125, 0.7666666666666667], [0.53125, 0.8], [0.5625, 0.8], [0.59375, 0.8], [0.625, 0.8], [0.65625, 0.8], [0.65625, 0.8333333333333334], [0.65625, 0.8666666666666667], [0.65625, 0.9], [0.6875, 0.9], [0.71875, 0.9], [0.75, 0.9], [0.78125, 0.9], [0.8125, 0.9], [0.84375, 0.9], [0.875, 0.9], [0.875, 0.9333333333333333], [0.90625, 0.9333333333333333], [0.90625, 0.9666666666666667], [0.9375, 0.9666666666666667], [0.9375, 1.0], [0.96875, 1.0], [1.0, 1.0]], "fold": 4, "event": "fold_done", "folds": 5, "repeat": 3, "metrics": {"f1": {"low": null, "high": null, "value": 0.6}, "brier": {"low": null, "high": null, "value": 0.23250613414418422}, "recall": {"low": null, "high": null, "value": 0.42857142857142855}, "roc_auc": {"low": null, "high": null, "value": 0.7142857142857143}, "accuracy": {"low": null, "high": null, "value": 0.7142857142857143}, "log_loss": {"low": null, "high": null, "value": 0.6579031375545309}, "precision": {"low": null, "high": null, "value": 1.0}, "brier_skill": {"low": null, "high": null, "value": 0.06997546342326322}, "best_of_n_lift": {"low": null, "high": null, "value": 1.3333333333333333}, "average_precision": {"low": null, "high": null, "value": 0.8155594405594405}, "balanced_accuracy": {"low": null, "high": null, "value": 0.7142857142857143}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.8235294117647058}, "pairwise_accuracy_macro": {"low": null, "high": null, "value": 0.8333333333333334}}, "repeats": 3}'),
	(1, 17, '2026-11-28 18:40:04.359759+00', 'FoldDone', '{"roc": [[0.0, 0.0], [0.02564102564102564, 0.0], [0.02564102564102564, 0.02564102564102564], [0.05128205128205128, 0.02564102564102564], [0.05128205128205128, 0.05128205128205128], [0.07692307692307693, 0.05128205128205128], [0.07692307692307693, 0.07692307692307693], [0.10256410256410256, 0.07692307692307693], [0.10256410256410256, 0.10256410256410256], [0.10256410256410256, 0.1282051282051282], [0.10256410256410256, 0.15384615384615385], [0.1282051282051282, 0.15384615384615385], [0.15384615384615385, 0.15384615384615385], [0.15384615384615385, 0.1794871794871795], [0.15384615384615385, 0.20512820512820512], [0.1794871794871795, 0.20512820512820512], [0.1794871794871795, 0.23076923076923078], [0.1794871794871795, 0.2564102564102564], [0.20512820512820512, 0.2564102564102564], [0.2564102564102564, 0.28205128205128205], [0.2564102564102564, 0.3076923076923077], [0.2564102564102564, 0.3333333333333333], [0.2564102564102564, 0.358974358974359], [0.28205128205128205, 0.358974358974359], [0.28205128205128205, 0.38461538461538464], [0.28205128205128205, 0.41025641025641024], [0.28205128205128205, 0.4358974358974359], [0.28205128205128205, 0.46153846153846156], [0.3076923076923077, 0.46153846153846156], [0.3076923076923077, 0.48717948717948717], [0.3076923076923077, 0.5128205128205128], [0.3076923076923077, 0.5384615384615384], [0.3333333333333333, 0.5384615384615384], [0.358974358974359, 0.5384615384615384], [0.38461538461538464, 0.5384615384615384], [0.38461538461538464, 0.5641025641025641], [0.41025641025641024, 0.5641025641025641], [0.41025641025641024, 0.5897435897435898], [0.4358974358974359, 0.5897435897435898], [0.4358974358974359, 0.6153846153846154], [0.46153846153846156, 0.6153846153846154], [0.48717948717948717, 0.6153846153846154], [0.48717948717948717, 0.6410256410256411], [0.5128205128205128, 0.6410256410256411], [0.5128205128205128, 0.6666666666666666], [0.5128205128205128, 0.6923076923076923], [0.5128205128205128, 0.717948717948718], [0.5128205128205128, 0.7435897435897436], [0.5128205128205128, 0.7692307692307693], [0.5384615384615384, 0.7692307692307693], [0.5641025641025641, 0.7692307692307693], [0.5641025641025641, 0.7948717948717948], [0.5897435897435898, 0.7948717948717948], [0.6153846153846154, 0.7948717948717948], [0.6153846153846154, 0.8205128205128205], [0.6410256410256411, 0.8205128205128205], [0.6666666666666666, 0.8205128205128205], [0.6666666666666666, 0.8461538461538461], [0.6666666666666666, 0.8717948717948718], [0.6666666666666666, 0.8974358974358975], [0.6923076923076923, 0.8974358974358975], [0.717948717948718, 0.8974358974358975], [0.7435897435897436, 0.8974358974358975], [0.7692307692307693, 0.8974358974358975], [0.7948717948717948, 0.8974358974358975], [0.8205128205128205, 0.8974358974358975], [0.8461538461538461, 0.8974358974358975], [0.8461538461538461, 0.9230769230769231], [0.8717948717948718, 0.9230769230769231], [0.8717948717948718, 0.9487179487179487], [0.8974358974358975, 0.9487179487179487], [0.8974358974358975, 0.9743589743589743], [0.9230769230769231, 0.9743589743589743], [0.9230769230769231, 1.0], [0.9487179487179487, 1.0], [0.9743589743589743, 1.0], [1.0, 1.0]], "fold": 5, "event": "fold_done", "folds": 5, "repeat": 3, "metrics": {"f1": {"low": null, "high": null, "value": 0.631578947368421}, "brier": {"low": null, "high": null, "value": 0.29063977592148693}, "recall": {"low": null, "high": null, "value": 0.6666666666666666}, "roc_auc": {"low": null, "high": null, "value": 0.5238095238095238}, "accuracy": {"low": null, "high": null, "value": 0.5625}, "log_loss": {"low": null, "high": null, "value": 0.8279389349182722}, "precision": {"low": null, "high": null, "value": 0.6}, "brier_skill": {"low": null, "high": null, "value": -0.18101242279207397}, "best_of_n_lift": {"low": null, "high": null, "value": 0.59375}, "average_precision": {"low": null, "high": null, "value": 0.5939332272665605}, "balanced_accuracy": {"low": null, "high": null, "value": 0.5476190476190476}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.5714285714285714}, "pairwise_accuracy_macro": {"low": null, "high": null, "value": 0.5833333333333333}}, "repeats": 3}'),
	(1, 18, '2026-11-28 18:40:04.614734+00', 'Evaluated', '{"event": "evaluated", "evaluation": {"n": 78, "roc": {"model": [[0.0, 0.0], [0.0, 0.02564102564102564], [0.0, 0.05128205128205128], [0.0, 0.07692307692307693], [0.02564102564102564, 0.07692307692307693], [0.02564102564102564, 0.10256410256410256], [0.05128205128205128, 0.10256410256410256], [0.05128205128205128, 0.1282051282051282], [0.05128205128205128, 0.15384615384615385], [0.05128205128205128, 0.1794871794871795], [0.07692307692307693, 0.1794871794871795], [0.07692307692307693, 0.20512820512820512], [0.10256410256410256, 0.20512820512820512], [0.1282051282051282, 0.20512820512820512], [0.1282051282051282, 0.23076923076923078], [0.15384615384615385, 0.23076923076923078], [0.1794871794871795, 0.23076923076923078], [0.20512820512820512, 0.23076923076923078], [0.20512820512820512, 0.2564102564102564], [0.20512820512820512, 0.28205128205128205], [0.20512820512820512, 0.3076923076923077], [0.20512820512820512, 0.3333333333333333], [0.20512820512820512, 0.358974358974359], [0.20512820512820512, 0.38461538461538464], [0.20512820512820512, 0.41025641025641024], [0.23076923076923078, 0.41025641025641024], [0.23076923076923078, 0.4358974358974359], [0.2564102564102564, 0.4358974358974359], [0.2564102564102564, 0.46153846153846156], [0.2564102564102564, 0.48717948717948717], [0.2564102564102564, 0.5128205128205128], [0.2564102564102564, 0.5384615384615384], [0.28205128205128205, 0.5384615384615384], [0.28205128205128205, 0.5641025641025641], [0.28205128205128205, 0.5897435897435898], [0.3076923076923077, 0.5897435897435898], [0.3076923076923077, 0.6153846153846154], [0.3333333333333333, 0.6153846153846154], [0.3333333333333333, 0.6410256410256411], [0.3333333333333333, 0.6666666666666666], [0.358974358974359, 0.6666666666666666], [0.38461538461538464, 0.6666666666666666], [0.41025641025641024, 0.6666666666666666], [0.41025641025641024, 0.6923076923076923], [0.4358974358974359, 0.6923076923076923], [0.46153846153846156, 0.6923076923076923], [0.46153846153846156, 0.717948717948718], [0.48717948717948717, 0.717948717948718], [0.48717948717948717, 0.7435897435897436], [0.5128205128205128, 0.7435897435897436], [0.5384615384615384, 0.7435897435897436], [0.5641025641025641, 0.7435897435897436], [0.5641025641025641, 0.7692307692307693], [0.5641025641025641, 0.7948717948717948], [0.6153846153846154, 0.8205128205128205], [0.6410256410256411, 0.8205128205128205], [0.6410256410256411, 0.8461538461538461], [0.6410256410256411, 0.8717948717948718], [0.6666666666666666, 0.8717948717948718], [0.6923076923076923, 0.8717948717948718], [0.6923076923076923, 0.8974358974358975], [0.717948717948718, 0.8974358974358975], [0.717948717948718, 0.9230769230769231], [0.7435897435897436, 0.9230769230769231], [0.7692307692307693, 0.9230769230769231], [0.7692307692307693, 0.9487179487179487], [0.7948717948717948, 0.9487179487179487], [0.8205128205128205, 0.9487179487179487], [0.8461538461538461, 0.9487179487179487], [0.8717948717948718, 0.9487179487179487], [0.8974358974358975, 0.9487179487179487], [0.9230769230769231, 0.9487179487179487], [0.9487179487179487, 0.9487179487179487], [0.9487179487179487, 0.9743589743589743], [0.9487179487179487, 1.0], [0.9743589743589743, 1.0], [1.0, 1.0]], "cosine": [[0.0, 0.0], [0.02564102564102564, 0.0], [0.05128205128205128, 0.0], [0.05128205128205128, 0.02564102564102564], [0.07692307692307693, 0.02564102564102564], [0.07692307692307693, 0.05128205128205128], [0.10256410256410256, 0.05128205128205128], [0.10256410256410256, 0.07692307692307693], [0.10256410256410256, 0.10256410256410256], [0.10256410256410256, 0.1282051282051282], [0.10256410256410256, 0.15384615384615385], [0.10256410256410256, 0.1794871794871795], [0.10256410256410256, 0.20512820512820512], [0.10256410256410256, 0.23076923076923078], [0.10256410256410256, 0.2564102564102564], [0.10256410256410256, 0.28205128205128205], [0.15384615384615385, 0.3076923076923077], [0.15384615384615385, 0.3333333333333333], [0.1794871794871795, 0.3333333333333333], [0.1794871794871795, 0.358974358974359], [0.1794871794871795, 0.38461538461538464], [0.1794871794871795, 0.41025641025641024], [0.1794871794871795, 0.4358974358974359], [0.20512820512820512, 0.4358974358974359], [0.20512820512820512, 0.46153846153846156], [0.23076923076923078, 0.46153846153846156], [0.23076923076923078, 0.48717948717948717], [0.23076923076923078, 0.5128205128205128], [0.2564102564102564, 0.5128205128205128], [0.28205128205128205, 0.5128205128205128], [0.3076923076923077, 0.5128205128205128], [0.3333333333333333, 0.5128205128205128], [0.358974358974359, 0.5128205128205128], [0.358974358974359, 0.5384615384615384], [0.358974358974359, 0.5641025641025641], [0.38461538461538464, 0.5641025641025641], [0.38461538461538464, 0.5897435897435898], [0.41025641025641024, 0.5897435897435898], [0.41025641025641024, 0.6153846153846154], [0.41025641025641024, 0.6410256410256411], [0.41025641025641024, 0.6666666666666666], [0.4358974358974359, 0.6666666666666666], [0.46153846153846156, 0.6666666666666666], [0.48717948717948717, 0.6666666666666666], [0.5128205128205128, 0.6666666666666666], [0.5128205128205128, 0.6923076923076923], [0.5384615384615384, 0.6923076923076923], [0.5384615384615384, 0.717948717948718], [0.5641025641025641, 0.717948717948718], [0.5897435897435898, 0.717948717948718], [0.6153846153846154, 0.717948717948718], [0.6153846153846154, 0.7435897435897436], [0.6153846153846154, 0.7692307692307693], [0.6410256410256411, 0.7692307692307693], [0.6666666666666666, 0.7692307692307693], [0.6923076923076923, 0.7692307692307693], [0.6923076923076923, 0.7948717948717948], [0.717948717948718, 0.7948717948717948], [0.7435897435897436, 0.7948717948717948], [0.7435897435897436, 0.8205128205128205], [0.7692307692307693, 0.8205128205128205], [0.7692307692307693, 0.8461538461538461], [0.7948717948717948, 0.8461538461538461], [0.7948717948717948, 0.8717948717948718], [0.8205128205128205, 0.8717948717948718], [0.8205128205128205, 0.8974358974358975], [0.8461538461538461, 0.8974358974358975], [0.8461538461538461, 0.9230769230769231], [0.8461538461538461, 0.9487179487179487], [0.8717948717948718, 0.9487179487179487], [0.8974358974358975, 0.9487179487179487], [0.8974358974358975, 0.9743589743589743], [0.9230769230769231, 0.9743589743589743], [0.9487179487179487, 0.9743589743589743], [0.9743589743589743, 0.9743589743589743], [1.0, 0.9743589743589743], [1.0, 1.0]], "majority": [[0.0, 0.0], [1.0, 1.0]], "length_only": [[0.0, 0.0], [0.05128205128205128, 0.02564102564102564], [0.05128205128205128, 0.05128205128205128], [0.07692307692307693, 0.05128205128205128], [0.07692307692307693, 0.07692307692307693], [0.10256410256410256, 0.07692307692307693], [0.10256410256410256, 0.10256410256410256], [0.1282051282051282, 0.10256410256410256], [0.1794871794871795, 0.10256410256410256], [0.20512820512820512, 0.10256410256410256], [0.23076923076923078, 0.10256410256410256], [0.23076923076923078, 0.1282051282051282], [0.2564102564102564, 0.1282051282051282], [0.2564102564102564, 0.15384615384615385], [0.2564102564102564, 0.1794871794871795], [0.2564102564102564, 0.20512820512820512], [0.28205128205128205, 0.20512820512820512], [0.3076923076923077, 0.20512820512820512], [0.3333333333333333, 0.20512820512820512], [0.3333333333333333, 0.23076923076923078], [0.3333333333333333, 0.2564102564102564], [0.3333333333333333, 0.28205128205128205], [0.38461538461538464, 0.28205128205128205], [0.38461538461538464, 0.3076923076923077], [0.41025641025641024, 0.3076923076923077], [0.46153846153846156, 0.3076923076923077], [0.46153846153846156, 0.3333333333333333], [0.48717948717948717, 0.3333333333333333], [0.48717948717948717, 0.358974358974359], [0.5128205128205128, 0.358974358974359], [0.5128205128205128, 0.38461538461538464], [0.5384615384615384, 0.38461538461538464], [0.5384615384615384, 0.41025641025641024], [0.5641025641025641, 0.41025641025641024], [0.5897435897435898, 0.41025641025641024], [0.6153846153846154, 0.41025641025641024], [0.6153846153846154, 0.46153846153846156], [0.6153846153846154, 0.48717948717948717], [0.6153846153846154, 0.5128205128205128], [0.6410256410256411, 0.5128205128205128], [0.6666666666666666, 0.5128205128205128], [0.6666666666666666, 0.5384615384615384], [0.6666666666666666, 0.5641025641025641], [0.6666666666666666, 0.5897435897435898], [0.6666666666666666, 0.6153846153846154], [0.6923076923076923, 0.6153846153846154], [0.6923076923076923, 0.6410256410256411], [0.6923076923076923, 0.6666666666666666], [0.6923076923076923, 0.717948717948718], [0.6923076923076923, 0.7435897435897436], [0.717948717948718, 0.7435897435897436], [0.7435897435897436, 0.7435897435897436], [0.7435897435897436, 0.7692307692307693], [0.7435897435897436, 0.7948717948717948], [0.7692307692307693, 0.7948717948717948], [0.7948717948717948, 0.7948717948717948], [0.7948717948717948, 0.8205128205128205], [0.7948717948717948, 0.8461538461538461], [0.8205128205128205, 0.8461538461538461], [0.8461538461538461, 0.8461538461538461], [0.8461538461538461, 0.8717948717948718], [0.8717948717948718, 0.8717948717948718], [0.8974358974358975, 0.8717948717948718], [0.8974358974358975, 0.8974358974358975], [0.9230769230769231, 0.8974358974358975], [0.9487179487179487, 0.8974358974358975], [0.9487179487179487, 0.9230769230769231], [0.9487179487179487, 0.9487179487179487], [0.9487179487179487, 0.9743589743589743], [1.0, 1.0]], "prompt_only": [[0.0, 0.0], [0.05128205128205128, 0.05128205128205128], [0.10256410256410256, 0.10256410256410256], [0.15384615384615385, 0.15384615384615385], [0.15384615384615385, 0.1794871794871795], [0.20512820512820512, 0.23076923076923078], [0.2564102564102564, 0.28205128205128205], [0.28205128205128205, 0.358974358974359], [0.3076923076923077, 0.38461538461538464], [0.358974358974359, 0.4358974358974359], [0.41025641025641024, 0.48717948717948717], [0.46153846153846156, 0.5384615384615384], [0.5128205128205128, 0.5897435897435898], [0.5641025641025641, 0.6153846153846154], [0.6153846153846154, 0.6666666666666666], [0.6666666666666666, 0.717948717948718], [0.717948717948718, 0.7692307692307693], [0.7435897435897436, 0.7692307692307693], [0.8205128205128205, 0.7948717948717948], [0.8461538461538461, 0.7948717948717948], [0.8974358974358975, 0.8461538461538461], [0.8974358974358975, 0.8717948717948718], [0.9487179487179487, 0.9230769230769231], [1.0, 0.9743589743589743], [1.0, 1.0]], "original_order": [[0.0, 0.0], [0.3333333333333333, 0.28205128205128205], [0.5897435897435898, 0.5128205128205128], [0.7948717948717948, 0.7692307692307693], [1.0, 1.0]]}, "good": 39, "report": {"good": {"f1": 0.6216216216216216, "recall": 0.5897435897435898, "support": 39, "precision": 0.6571428571428571}, "poor": {"f1": 0.6585365853658537, "recall": 0.6923076923076923, "support": 39, "precision": 0.627906976744186}}, "metrics": {"f1": {"low": 0.4287747162769554, "high": 0.749980520622755, "value": 0.6033424729076903}, "brier": {"low": 0.2014465628482599, "high": 0.28822069839295034, "value": 0.23912436880432741}, "recall": {"low": 0.3320264923285177, "high": 0.7836851840123884, "value": 0.5641025641025642}, "roc_auc": {"low": 0.5315970286470562, "high": 0.7824335272770623, "value": 0.6611878150339688}, "accuracy": {"low": 0.5094027048140716, "high": 0.7532335547954747, "value": 0.6324786324786326}, "log_loss": {"low": 0.5913487366985726, "high": 0.8029385852156002, "value": 0.6803050369848771}, "precision": {"low": 0.5146256764921626, "high": 0.790817777011585, "value": 0.6505291005291006}, "brier_skill": {"low": -0.15877569908611391, "high": 0.19147316335972359, "value": 0.04350252478269038}, "best_of_n_lift": {"low": -0.08783974961630303, "high": 1.3847106184808293, "value": 0.6644736842105263}, "average_precision": {"low": 0.5226407904186079, "high": 0.7924596286726763, "value": 0.6274334759336014}, "balanced_accuracy": {"low": 0.5146900823868231, "high": 0.7533265881125853, "value": 0.6324786324786325}, "pairwise_accuracy": {"low": 0.5602381598970704, "high": 0.8330289018811032, "value": 0.7033333333333335}, "pairwise_accuracy_macro": {"low": 0.4772816421888485, "high": 0.8181512774193881, "value": 0.6649122807017545}}, "prompts": 24, "repeats": 3, "baselines": {"cosine": {"f1": {"low": 0.3709555069838174, "high": 0.7655804127613994, "value": 0.6016444877204371}, "brier": {"low": 0.2185637799179181, "high": 0.2788961414478626, "value": 0.24468097123046587}, "recall": {"low": 0.301276346463636, "high": 0.8667683468173848, "value": 0.6068376068376069}, "roc_auc": {"low": 0.44579925754580774, "high": 0.7850219082512526, "value": 0.6136313828621521}, "accuracy": {"low": 0.43249485323030024, "high": 0.7419683950113379, "value": 0.5982905982905983}, "log_loss": {"low": 0.6277953867740221, "high": 0.7717587878400111, "value": 0.6857908924747526}, "precision": {"low": 0.4222637277734391, "high": 0.7561367883744754, "value": 0.5965811965811966}, "brier_skill": {"low": -0.12722972358179482, "high": 0.12154270830194404, "value": 0.021276115078136537}, "best_of_n_lift": {"low": -0.764333654935462, "high": 1.1640895580202384, "value": 0.13815789473684212}, "average_precision": {"low": 0.46102616789040457, "high": 0.7761979734057202, "value": 0.586172558105055}, "balanced_accuracy": {"low": 0.4323786699854842, "high": 0.7422475777233212, "value": 0.5982905982905984}, "pairwise_accuracy": {"low": 0.49106534033685345, "high": 0.8034038257480215, "value": 0.65}, "pairwise_accuracy_macro": {"low": 0.3899633700675721, "high": 0.7889030561156791, "value": 0.6035087719298244}}, "majority": {"f1": {"low": 0.6024090656051418, "high": 0.7340101696368141, "value": 0.6666666666666666}, "brier": {"low": 0.25, "high": 0.25, "value": 0.25}, "recall": {"low": 1.0, "high": 1.0, "value": 1.0}, "roc_auc": {"low": 0.5, "high": 0.5, "value": 0.5}, "accuracy": {"low": 0.4300933120019858, "high": 0.5785674201318387, "value": 0.5}, "log_loss": {"low": 0.693147180559945, "high": 0.6931471805599454, "value": 0.6931471805599454}, "precision": {"low": 0.4300933120019858, "high": 0.5785674201318387, "value": 0.5}, "brier_skill": {"low": -0.018715812239842314, "high": 0.0, "value": 0.0}, "best_of_n_lift": {"low": 0.0, "high": 0.0, "value": 0.0}, "average_precision": {"low": 0.43009331200198575, "high": 0.5785674201318387, "value": 0.5}, "balanced_accuracy": {"low": 0.5, "high": 0.5, "value": 0.5}, "pairwise_accuracy": {"low": 0.0, "high": 0.0, "value": 0.0}, "pairwise_accuracy_macro": {"low": 0.0, "high": 0.0, "value": 0.0}}, "length_only": {"f1": {"low": 0.3798380864915294, "high": 0.5790732508211289, "value": 0.481998015091456}, "brier": {"low": 0.24872180878440775, "high": 0.2533003801462727, "value": 0.25105325161127934}, "recall": {"low": 0.3683631266224353, "high": 0.6646144551145841, "value": 0.5128205128205128}, "roc_auc": {"low": 0.3398738623559382, "high": 0.5460059308235854, "value": 0.440609248301556}, "accuracy": {"low": 0.3680182189907936, "high": 0.5487820960048934, "value": 0.452991452991453}, "log_loss": {"low": 0.6905846609623648, "high": 0.6997544704986017, "value": 0.6952536162106372}, "precision": {"low": 0.3717244872440514, "high": 0.5474453268635375, "value": 0.45584625322997413}, "brier_skill": {"low": -0.027575433729447565, "high": 0.0029804793926749814, "value": -0.004213006445117203}, "best_of_n_lift": {"low": -1.2802704519820296, "high": 0.5249455307756039, "value": -0.3618421052631579}, "average_precision": {"low": 0.41044847793267364, "high": 0.5847640479416704, "value": 0.45971138431239567}, "balanced_accuracy": {"low": 0.3634510547177019, "high": 0.5505875801645383, "value": 0.452991452991453}, "pairwise_accuracy": {"low": 0.3464402948844116, "high": 0.5458039679895912, "value": 0.4533333333333333}, "pairwise_accuracy_macro": {"low": 0.28554986109468106, "high": 0.5401233628924578, "value": 0.41929824561403506}}, "prompt_only": {"f1": {"low": 0.3301896867933311, "high": 0.6608169257845038, "value": 0.5301455301455301}, "brier": {"low": 0.24582460331656308, "high": 0.2586307977254485, "value": 0.2507282792938897}, "recall": {"low": 0.21967453611003712, "high": 0.785379470959381, "value": 0.5213675213675213}, "roc_auc": {"low": 0.44265032087153416, "high": 0.6217535539827972, "value": 0.5306815691431077}, "accuracy": {"low": 0.473820784774474, "high": 0.610985310890928, "value": 0.5384615384615384}, "log_loss": {"low": 0.6847577174455172, "high": 0.7108044529184186, "value": 0.6946894322101458}, "precision": {"low": 0.483461802821001, "high": 0.6405285004180037, "value": 0.5399267399267399}, "brier_skill": {"low": -0.04246430665172287, "high": 0.014740145763593135, "value": -0.0029131171755589027}, "best_of_n_lift": {"low": 0.0, "high": 0.0, "value": 0.0}, "average_precision": {"low": 0.4599506181515008, "high": 0.6441512383628647, "value": 0.5266785979979466}, "balanced_accuracy": {"low": 0.47027954598696126, "high": 0.6099217247582996, "value": 0.5384615384615384}, "pairwise_accuracy": {"low": 0.0, "high": 0.0, "value": 0.0}, "pairwise_accuracy_macro": {"low": 0.0, "high": 0.0, "value": 0.0}}, "original_order": {"f1": {"low": null, "high": null, "value": null, "reason": "not estimable: an order says nothing about good or poor"}, "brier": {"low": null, "high": null, "value": null, "reason": "not estimable: an order says nothing about good or poor"}, "recall": {"low": null, "high": null, "value": null, "reason": "not estimable: an order says nothing about good or poor"}, "roc_auc": {"low": 0.3346462289121076, "high": 0.5943332974566645, "value": 0.4618671926364234}, "accuracy": {"low": null, "high": null, "value": null, "reason": "not estimable: an order says nothing about good or poor"}, "log_loss": {"low": null, "high": null, "value": null, "reason": "not estimable: an order says nothing about good or poor"}, "precision": {"low": null, "high": null, "value": null, "reason": "not estimable: an order says nothing about good or poor"}, "brier_skill": {"low": null, "high": null, "value": null, "reason": "not estimable: an order says nothing about good or poor"}, "best_of_n_lift": {"low": -0.8844149596735777, "high": 0.5858237362904584, "value": -0.13377192982456138}, "average_precision": {"low": 0.3959072250293487, "high": 0.6047860294568763, "value": 0.47809605038922615}, "balanced_accuracy": {"low": null, "high": null, "value": null, "reason": "not estimable: an order says nothing about good or poor"}, "pairwise_accuracy": {"low": 0.3333333333333333, "high": 0.5392953653512221, "value": 0.44}, "pairwise_accuracy_macro": {"low": 0.3251356241870614, "high": 0.5666666666666667, "value": 0.44912280701754387}}}, "confusion": {"true_good": 23, "true_poor": 27, "false_good": 12, "false_poor": 16}, "differences": {"cosine": {"low": -0.08574170745812981, "high": 0.18174351354062276, "value": 0.04755643217181671}, "majority": {"low": 0.03159702864705621, "high": 0.2824335272770623, "value": 0.16118781503396884}, "length_only": {"low": 0.05877597399884826, "high": 0.3802113255708241, "value": 0.22057856673241283}, "prompt_only": {"low": -0.02400123582761665, "high": 0.28204534995917413, "value": 0.13050624589086113}, "original_order": {"low": -0.06761038622355914, "high": 0.4360093421196733, "value": 0.19932062239754544}}, "versus_length": {"low": 0.05877597399884826, "high": 0.3802113255708241, "value": 0.22057856673241283}}}'),
	(1, 19, '2026-11-28 18:40:04.822828+00', 'Examined', '{"done": 1, "event": "examined", "total": 20}'),
	(1, 20, '2026-11-28 18:40:05.042624+00', 'Examined', '{"done": 2, "event": "examined", "total": 20}'),
	(1, 21, '2026-11-28 18:40:05.262399+00', 'Examined', '{"done": 3, "event": "examined", "total": 20}'),
	(1, 22, '2026-11-28 18:40:05.544212+00', 'Examined', '{"done": 4, "event": "examined", "total": 20}'),
	(1, 23, '2026-11-28 18:40:05.768692+00', 'Examined', '{"done": 5, "event": "examined", "total": 20}'),
	(1, 24, '2026-11-28 18:40:05.984581+00', 'Examined', '{"done": 6, "event": "examined", "total": 20}'),
	(1, 25, '2026-11-28 18:40:06.201361+00', 'Examined', '{"done": 7, "event": "examined", "total": 20}'),
	(1, 26, '2026-11-28 18:40:06.398713+00', 'Examined', '{"done": 8, "event": "examined", "total": 20}'),
	(1, 27, '2026-11-28 18:40:06.636337+00', 'Examined', '{"done": 9, "event": "examined", "total": 20}'),
	(1, 28, '2026-11-28 18:40:06.85776+00', 'Examined', '{"done": 10, "event": "examined", "total": 20}'),
	(1, 29, '2026-11-28 18:40:07.073374+00', 'Examined', '{"done": 11, "event": "examined", "total": 20}'),
	(1, 30, '2026-11-28 18:40:07.324337+00', 'Examined', '{"done": 12, "event": "examined", "total": 20}'),
	(1, 31, '2026-11-28 18:40:07.551693+00', 'Examined', '{"done": 13, "event": "examined", "total": 20}'),
	(1, 32, '2026-11-28 18:40:07.812066+00', 'Examined', '{"done": 14, "event": "examined", "total": 20}'),
	(1, 33, '2026-11-28 18:40:08.071803+00', 'Examined', '{"done": 15, "event": "examined", "total": 20}'),
	(1, 34, '2026-11-28 18:40:08.21574+00', 'Examined', '{"done": 16, "event": "examined", "total": 20}'),
	(1, 35, '2026-11-28 18:40:08.416882+00', 'Examined', '{"done": 17, "event": "examined", "total": 20}'),
	(1, 36, '2026-11-28 18:40:08.595147+00', 'Examined', '{"done": 18, "event": "examined", "total": 20}'),
	(1, 37, '2026-11-28 18:40:08.792252+00', 'Examined', '{"done": 19, "event": "examined", "total": 20}'),
	(1, 38, '2026-11-28 18:40:08.989615+00', 'Examined', '{"done": 20, "event": "examined", "total": 20}'),
	(1, 39, '2026-11-28 18:40:09.083207+00', 'Reported', '{"event": "reported", "report": {"seed": 0, "curve": {"more": null, "reason": "There are too few ratings for a look ahead: it needs the curve at three sizes or more.", "exponent": null, "forecast": [], "measured": [{"n": 25, "auc": {"low": 0.4644763088359637, "high": 0.7508889456720812, "value": 0.6225942460317461}}, {"n": 62, "auc": {"low": 0.48411111501202336, "high": 0.8883655640283202, "value": 0.6942035147392291}}]}, "folds": 5, "raters": [{"part": {"n": 68, "good": 33, "name": "sample-ana", "metrics": {"roc_auc": {"low": 0.6010925138889307, "high": 0.8480051067691108, "value": 0.7062049062049063}, "accuracy": {"low": 0.5038462673377491, "high": 0.8000753012897017, "value": 0.6519607843137255}, "pairwise_accuracy": {"low": 0.6138593731175973, "high": 0.8692896100090902, "value": 0.7424242424242425}}, "prompts": 17}, "left_out": {"low": 0.5299635173977585, "high": 0.8556965223237507, "value": 0.6935064935064935}, "agreement": {"low": null, "high": null, "value": 0.9411764705882353}}, {"part": {"n": 68, "good": 31, "name": "sample-ben", "metrics": {"roc_auc": {"low": 0.529480065071879, "high": 0.8513146879781348, "value": 0.6777099680325488}, "accuracy": {"low": 0.5126402488699295, "high": 0.7924707348904588, "value": 0.6421568627450981}, "pairwise_accuracy": {"low": 0.62426635143391, "high": 0.8791881557396372, "value": 0.7602996254681648}}, "prompts": 17}, "left_out": {"low": 0.5804369475249389, "high": 0.8989901733228045, "value": 0.7218831734960767}, "agreement": {"low": null, "high": null, "value": 0.9411764705882353}}, {"part": {"n": 6, "good": 3, "name": "legacy", "metrics": {"roc_auc": {"low": null, "high": null, "value": 0.3333333333333333}, "accuracy": {"low": null, "high": null, "value": 0.4444444444444444}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.1111111111111111}}, "prompts": 3}, "left_out": {"low": null, "high": null, "value": null, "reason": "not estimable: too few ratings, or not among the 6 busiest raters"}, "agreement": {"low": null, "high": null, "value": null, "reason": "not estimable: nobody else rated the same answers"}}, {"part": {"n": 3, "good": 2, "name": "Ana", "metrics": {"roc_auc": {"low": null, "high": null, "value": 0.3333333333333333}, "accuracy": {"low": null, "high": null, "value": 0.3333333333333333}, "pairwise_accuracy": {"low": null, "high": null, "value": null, "reason": "not estimable: no two answers to the same prompt have different ratings"}}, "prompts": 3}, "left_out": {"low": null, "high": null, "value": null, "reason": "not estimable: too few ratings, or not among the 6 busiest raters"}, "agreement": {"low": null, "high": null, "value": 0.0}}, {"part": {"n": 2, "good": 0, "name": "Ben", "metrics": {"roc_auc": {"low": null, "high": null, "value": null, "reason": "not estimable: one class only"}, "accuracy": {"low": null, "high": null, "value": 1.0}, "pairwise_accuracy": {"low": null, "high": null, "value": null, "reason": "not estimable: no two answers to the same prompt have different ratings"}}, "prompts": 2}, "left_out": {"low": null, "high": null, "value": null, "reason": "not estimable: too few ratings, or not among the 6 busiest raters"}, "agreement": {"low": null, "high": null, "value": 0.0}}], "recipe": "pair", "choices": 19, "encoder": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db:torch", "repeats": 3, "row_ids": [1, 2, 3, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 82, 84], "seconds": 24.060405444000025, "sources": [{"n": 36, "good": 19, "name": "sample-tech", "metrics": {"roc_auc": {"low": null, "high": null, "value": 0.740970072239422}, "accuracy": {"low": null, "high": null, "value": 0.6481481481481483}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.6987179487179488}}, "prompts": 9}, {"n": 32, "good": 15, "name": "sample-health", "metrics": {"roc_auc": {"low": null, "high": null, "value": 0.7032679738562092}, "accuracy": {"low": null, "high": null, "value": 0.6666666666666666}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.7481481481481481}}, "prompts": 8}, {"n": 4, "good": 2, "name": "no session", "metrics": {"roc_auc": {"low": null, "high": null, "value": 0.25}, "accuracy": {"low": null, "high": null, "value": 0.4166666666666667}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.0}}, "prompts": 2}, {"n": 3, "good": 1, "name": "ward", "metrics": {"roc_auc": {"low": null, "high": null, "value": 0.0}, "accuracy": {"low": null, "high": null, "value": 0.6666666666666666}, "pairwise_accuracy": {"low": null, "high": null, "value": null, "reason": "not estimable: no two answers to the same prompt have different ratings"}}, "prompts": 3}, {"n": 2, "good": 1, "name": "1", "metrics": {"roc_auc": {"low": null, "high": null, "value": 0.3333333333333333}, "accuracy": {"low": null, "high": null, "value": 0.5}, "pairwise_accuracy": {"low": null, "high": null, "value": 0.3333333333333333}}, "prompts": 1}, {"n": 1, "good": 1, "name": "2", "metrics": {"roc_auc": {"low": null, "high": null, "value": null, "reason": "not estimable: one class only"}, "accuracy": {"low": null, "high": null, "value": 0.0}, "pairwise_accuracy": {"low": null, "high": null, "value": null, "reason": "not estimable: no two answers to the same prompt have different ratings"}}, "prompts": 1}], "verdict": {"more": null, "usable": true, "sentence": "Beats length-only by 22.1 points [5.9, 38.0]: safe to use."}, "roc_band": [[0.0, 0.0, 0.3399960202071631], [0.025, 0.0, 0.37219843609987696], [0.05, 0.0, 0.4647403204625702], [0.07500000000000001, 0.0, 0.45793127987710003], [0.1, 0.0, 0.48502999582311557], [0.125, 0.0, 0.6221398965971947], [0.15000000000000002, 0.0, 0.7116011485495188], [0.17500000000000002, 0.042973782287206774, 0.7494035567534694], [0.2, 0.053276840349935406, 0.856992378108234], [0.225, 0.01971482309272815, 0.8086945143695727], [0.25, 0.03902653169105341, 0.8048089445705181], [0.275, 0.021670635619388312, 0.7957906567011432], [0.30000000000000004, 0.07066123110982614, 0.8200172454297747], [0.325, 0.2186239000025343, 0.822661223192943], [0.35000000000000003, 0.36387121782270143, 0.8337622685536902], [0.375, 0.43096440627115085, 0.8533505268505086], [0.4, 0.4559182712742409, 0.8842379839548351], [0.42500000000000004, 0.46220934721286655, 0.8890626913810691], [0.45, 0.4752388360583387, 0.9301182019017369], [0.47500000000000003, 0.48372112384854704, 0.9626054240408917], [0.5, 0.5248061332880276, 0.960508743038047], [0.525, 0.5269867105951247, 1.0], [0.55, 0.540523180787453, 1.0], [0.5750000000000001, 0.5588455364971926, 1.0], [0.6000000000000001, 0.5700857694216254, 1.0], [0.625, 0.6034450110572978, 1.0], [0.65, 0.6025506869080637, 1.0], [0.675, 0.6267087827166944, 1.0], [0.7000000000000001, 0.6503394327889466, 1.0], [0.7250000000000001, 0.699868057884281, 1.0], [0.75, 0.7244908958702313, 1.0], [0.775, 0.7246349205223677, 1.0], [0.8, 0.7716746219050272, 1.0], [0.8250000000000001, 0.7720300391986596, 1.0], [0.8500000000000001, 0.7955600237781952, 1.0], [0.875, 0.8201702747752689, 1.0], [0.9, 0.8257303921378242, 1.0], [0.925, 0.8301317802861092, 1.0], [0.9500000000000001, 0.8294417919393395, 1.0], [0.9750000000000001, 0.8681040801174938, 1.0], [1.0, 1.0, 1.0]], "versions": {"numpy": "2.4.6", "torch": "2.13.0+cpu", "joblib": "1.6.0", "scikit-learn": "1.9.1", "transformers": "5.23.0", "sentence-transformers": "6.2.0"}, "best_of_n": {"best": {"low": 4.8273056111800425, "high": 5.0, "value": 4.921052631578948}, "first": {"low": 2.2233273163133203, "high": 3.8023909911907907, "value": 3.026315789473684}, "model": {"low": 3.084253964887025, "high": 4.496246667036954, "value": 3.8245614035087723}, "random": {"low": 3.033992079384774, "high": 3.2859189768461072, "value": 3.1600877192982453}, "longest": {"low": 2.495608142120831, "high": 3.9509822372672065, "value": 3.219298245614035}, "gain_first": {"low": -0.6234605257101362, "high": 2.248533270084921, "value": 0.7982456140350878}, "gain_random": {"low": -0.08783974961630303, "high": 1.3847106184808298, "value": 0.6644736842105263}, "gain_longest": {"low": -0.4998715152792307, "high": 1.685172341692204, "value": 0.6052631578947368}}, "by_rating": {"1": 13, "2": 13, "3": 4, "4": 10, "5": 19, "1.5": 7, "2.5": 2, "4.5": 10}, "resamples": 1000, "thresholds": [[0.0, {"true_good": 39, "true_poor": 0, "false_good": 39, "false_poor": 0}], [0.02, {"true_good": 39, "true_poor": 0, "false_good": 39, "false_poor": 0}], [0.04, {"true_good": 39, "true_poor": 1, "false_good": 38, "false_poor": 0}], [0.06, {"true_good": 39, "true_poor": 1, "false_good": 38, "false_poor": 0}], [0.08, {"true_good": 39, "true_poor": 1, "false_good": 38, "false_poor": 0}], [0.1, {"true_good": 38, "true_poor": 2, "false_good": 37, "false_poor": 1}], [0.12, {"true_good": 38, "true_poor": 2, "false_good": 37, "false_poor": 1}], [0.14, {"true_good": 38, "true_poor": 2, "false_good": 37, "false_poor": 1}], [0.16, {"true_good": 37, "true_poor": 2, "false_good": 37, "false_poor": 2}], [0.18, {"true_good": 37, "true_poor": 2, "false_good": 37, "false_poor": 2}], [0.2, {"true_good": 37, "true_poor": 4, "false_good": 35, "false_poor": 2}], [0.22, {"true_good": 37, "true_poor": 4, "false_good": 35, "false_poor": 2}], [0.24, {"true_good": 37, "true_poor": 4, "false_good": 35, "false_poor": 2}], [0.26, {"true_good": 37, "true_poor": 5, "false_good": 34, "false_poor": 2}], [0.28, {"true_good": 37, "true_poor": 6, "false_good": 33, "false_poor": 2}], [0.3, {"true_good": 37, "true_poor": 7, "false_good": 32, "false_poor": 2}], [0.32, {"true_good": 37, "true_poor": 7, "false_good": 32, "false_poor": 2}], [0.34, {"true_good": 37, "true_poor": 8, "false_good": 31, "false_poor": 2}], [0.36, {"true_good": 37, "true_poor": 9, "false_good": 30, "false_poor": 2}], [0.38, {"true_good": 35, "true_poor": 12, "false_good": 27, "false_poor": 4}], [0.4, {"true_good": 34, "true_poor": 14, "false_good": 25, "false_poor": 5}], [0.42, {"true_good": 29, "true_poor": 19, "false_good": 20, "false_poor": 10}], [0.44, {"true_good": 28, "true_poor": 21, "false_good": 18, "false_poor": 11}], [0.46, {"true_good": 26, "true_poor": 23, "false_good": 16, "false_poor": 13}], [0.48, {"true_good": 26, "true_poor": 26, "false_good": 13, "false_poor": 13}], [0.5, {"true_good": 23, "true_poor": 27, "false_good": 12, "false_poor": 16}], [0.52, {"true_good": 21, "true_poor": 28, "false_good": 11, "false_poor": 18}], [0.54, {"true_good": 20, "true_poor": 29, "false_good": 10, "false_poor": 19}], [0.56, {"true_good": 18, "true_poor": 29, "false_good": 10, "false_poor": 21}], [0.58, {"true_good": 16, "true_poor": 31, "false_good": 8, "false_poor": 23}], [0.6, {"true_good": 11, "true_poor": 31, "false_good": 8, "false_poor": 28}], [0.62, {"true_good": 9, "true_poor": 31, "false_good": 8, "false_poor": 30}], [0.64, {"true_good": 9, "true_poor": 33, "false_good": 6, "false_poor": 30}], [0.66, {"true_good": 8, "true_poor": 35, "false_good": 4, "false_poor": 31}], [0.68, {"true_good": 8, "true_poor": 35, "false_good": 4, "false_poor": 31}], [0.7, {"true_good": 7, "true_poor": 36, "false_good": 3, "false_poor": 32}], [0.72, {"true_good": 7, "true_poor": 37, "false_good": 2, "false_poor": 32}], [0.74, {"true_good": 6, "true_poor": 37, "false_good": 2, "false_poor": 33}], [0.76, {"true_good": 4, "true_poor": 37, "false_good": 2, "false_poor": 35}], [0.78, {"true_good": 4, "true_poor": 38, "false_good": 1, "false_poor": 35}], [0.8, {"true_good": 3, "true_poor": 38, "false_good": 1, "false_poor": 36}], [0.82, {"true_good": 3, "true_poor": 38, "false_good": 1, "false_poor": 36}], [0.84, {"true_good": 0, "true_poor": 39, "false_good": 0, "false_poor": 39}], [0.86, {"true_good": 0, "true_poor": 39, "false_good": 0, "false_poor": 39}], [0.88, {"true_good": 0, "true_poor": 39, "false_good": 0, "false_poor": 39}], [0.9, {"true_good": 0, "true_poor": 39, "false_good": 0, "false_poor": 39}], [0.92, {"true_good": 0, "true_poor": 39, "false_good": 0, "false_poor": 39}], [0.94, {"true_good": 0, "true_poor": 39, "false_good": 0, "false_poor": 39}], [0.96, {"true_good": 0, "true_poor": 39, "false_good": 0, "false_poor": 39}], [0.98, {"true_good": 0, "true_poor": 39, "false_good": 0, "false_poor": 39}], [1.0, {"true_good": 0, "true_poor": 39, "false_good": 0, "false_poor": 39}]], "calibration": [{"n": 8, "said": 0.1625369419416437, "true": {"low": 0.0, "high": 0.625, "value": 0.25}}, {"n": 8, "said": 0.355683748997656, "true": {"low": 0.0, "high": 0.625, "value": 0.25}}, {"n": 6, "said": 0.401163151897852, "true": {"low": 0.0, "high": 1.0, "value": 0.5}}, {"n": 9, "said": 0.41865759260949165, "true": {"low": 0.16666666666666663, "high": 0.8333333333333334, "value": 0.4444444444444444}}, {"n": 8, "said": 0.4586000786397785, "true": {"low": 0.0, "high": 0.5, "value": 0.25}}, {"n": 8, "said": 0.5018254285437904, "true": {"low": 0.2, "high": 1.0, "value": 0.625}}, {"n": 7, "said": 0.5557426396029835, "true": {"low": 0.3333333333333333, "high": 1.0, "value": 0.7142857142857143}}, {"n": 8, "said": 0.6022861358223838, "true": {"low": 0.6666666666666666, "high": 1.0, "value": 0.875}}, {"n": 8, "said": 0.672283730477482, "true": {"low": 0.0, "high": 0.6666666666666666, "value": 0.375}}, {"n": 8, "said": 0.7987093823891329, "true": {"low": 0.3333333333333333, "high": 1.0, "value": 0.75}}], "fingerprint": "474401cf9e816a9353a7e34d584ce75cd58a76cf1734f6c8d9b4168c91995cfe", "length_bias": {"longer_pairs": 51, "longer_better": {"low": 0.3974312258843605, "high": 0.891721160901745, "value": 0.6601307189542484}, "shorter_pairs": 45, "shorter_better": {"low": 0.6327205461153516, "high": 0.9827303966750902, "value": 0.8074074074074075}}}}'),
	(1, 40, '2026-11-28 18:40:09.092927+00', 'Judged', '{"event": "judged", "reason": "AUC 0.661 beats answer length alone by 0.22 [0.06, 0.38]: promoted.", "promoted": true, "unseen_prompts": null, "versus_champion": null}'),
	(1, 41, '2026-11-28 18:40:09.336254+00', 'Fitted', '{"c": 3.0, "event": "fitted", "seconds": 24.37251881500015, "threshold": 0.5, "weighting": "prompt and answer"}'),
	(1, 42, '2026-11-28 18:40:09.384384+00', 'Saved', '{"event": "saved", "sha256": "a24dd5c80ec0c3e0c82bcba32cfd0bd1e4472b7f8441c511736925775ab406ed", "model_version": "sbert-logreg-v20261128-184009"}'),
	(1, 43, '2026-11-28 18:40:09.465342+00', 'Registered', '{"event": "registered", "reason": "AUC 0.661 beats answer length alone by 0.22 [0.06, 0.38]: promoted.", "promoted": true, "model_version": "sbert-logreg-v20261128-184009"}');
INSERT INTO public.assay_runs VALUES
	(1, 'finished', NULL, 'pair', 0, 'command line', 'vm:17570', false, '2026-11-28 18:39:44.927245+00', '2026-11-28 18:40:09.400199+00', '2026-11-28 18:40:09.43676+00', false, 'sbert-logreg-v20261128-184009', 'AUC 0.661 beats answer length alone by 0.22 [0.06, 0.38]: promoted.', '{"n": 78, "reason": "AUC 0.661 beats answer length alone by 0.22 [0.06, 0.38]: promoted.", "recipe": "pair", "run_id": 1, "metrics": {"f1": {"low": 0.4287747162769554, "high": 0.749980520622755, "value": 0.6033424729076903}, "brier": {"low": 0.2014465628482599, "high": 0.28822069839295034, "value": 0.23912436880432741}, "recall": {"low": 0.3320264923285177, "high": 0.7836851840123884, "value": 0.5641025641025642}, "roc_auc": {"low": 0.5315970286470562, "high": 0.7824335272770623, "value": 0.6611878150339688}, "accuracy": {"low": 0.5094027048140716, "high": 0.7532335547954747, "value": 0.6324786324786326}, "log_loss": {"low": 0.5913487366985726, "high": 0.8029385852156002, "value": 0.6803050369848771}, "precision": {"low": 0.5146256764921626, "high": 0.790817777011585, "value": 0.6505291005291006}, "brier_skill": {"low": -0.15877569908611391, "high": 0.19147316335972359, "value": 0.04350252478269038}, "best_of_n_lift": {"low": -0.08783974961630303, "high": 1.3847106184808293, "value": 0.6644736842105263}, "average_precision": {"low": 0.5226407904186079, "high": 0.7924596286726763, "value": 0.6274334759336014}, "balanced_accuracy": {"low": 0.5146900823868231, "high": 0.7533265881125853, "value": 0.6324786324786325}, "pairwise_accuracy": {"low": 0.5602381598970704, "high": 0.8330289018811032, "value": 0.7033333333333335}, "pairwise_accuracy_macro": {"low": 0.4772816421888485, "high": 0.8181512774193881, "value": 0.6649122807017545}}, "prompts": 24, "verdict": "Beats length-only by 22.1 points [5.9, 38.0]: safe to use.", "held_out": null, "promoted": true, "baselines": {"cosine": {"f1": {"low": 0.3709555069838174, "high": 0.7655804127613994, "value": 0.6016444877204371}, "brier": {"low": 0.2185637799179181, "high": 0.2788961414478626, "value": 0.24468097123046587}, "recall": {"low": 0.301276346463636, "high": 0.8667683468173848, "value": 0.6068376068376069}, "roc_auc": {"low": 0.44579925754580774, "high": 0.7850219082512526, "value": 0.6136313828621521}, "accuracy": {"low": 0.43249485323030024, "high": 0.7419683950113379, "value": 0.5982905982905983}, "log_loss": {"low": 0.6277953867740221, "high": 0.7717587878400111, "value": 0.6857908924747526}, "precision": {"low": 0.4222637277734391, "high": 0.7561367883744754, "value": 0.5965811965811966}, "brier_skill": {"low": -0.12722972358179482, "high": 0.12154270830194404, "value": 0.021276115078136537}, "best_of_n_lift": {"low": -0.764333654935462, "high": 1.1640895580202384, "value": 0.13815789473684212}, "average_precision": {"low": 0.46102616789040457, "high": 0.7761979734057202, "value": 0.586172558105055}, "balanced_accuracy": {"low": 0.4323786699854842, "high": 0.7422475777233212, "value": 0.5982905982905984}, "pairwise_accuracy": {"low": 0.49106534033685345, "high": 0.8034038257480215, "value": 0.65}, "pairwise_accuracy_macro": {"low": 0.3899633700675721, "high": 0.7889030561156791, "value": 0.6035087719298244}}, "majority": {"f1": {"low": 0.6024090656051418, "high": 0.7340101696368141, "value": 0.6666666666666666}, "brier": {"low": 0.25, "high": 0.25, "value": 0.25}, "recall": {"low": 1.0, "high": 1.0, "value": 1.0}, "roc_auc": {"low": 0.5, "high": 0.5, "value": 0.5}, "accuracy": {"low": 0.4300933120019858, "high": 0.5785674201318387, "value": 0.5}, "log_loss": {"low": 0.693147180559945, "high": 0.6931471805599454, "value": 0.6931471805599454}, "precision": {"low": 0.4300933120019858, "high": 0.5785674201318387, "value": 0.5}, "brier_skill": {"low": -0.018715812239842314, "high": 0.0, "value": 0.0}, "best_of_n_lift": {"low": 0.0, "high": 0.0, "value": 0.0}, "average_precision": {"low": 0.43009331200198575, "high": 0.5785674201318387, "value": 0.5}, "balanced_accuracy": {"low": 0.5, "high": 0.5, "value": 0.5}, "pairwise_accuracy": {"low": 0.0, "high": 0.0, "value": 0.0}, "pairwise_accuracy_macro": {"low": 0.0, "high": 0.0, "value": 0.0}}, "length_only": {"f1": {"low": 0.3798380864915294, "high": 0.5790732508211289, "value": 0.481998015091456}, "brier": {"low": 0.24872180878440775, "high": 0.2533003801462727, "value": 0.25105325161127934}, "recall": {"low": 0.3683631266224353, "high": 0.6646144551145841, "value": 0.5128205128205128}, "roc_auc": {"low": 0.3398738623559382, "high": 0.5460059308235854, "value": 0.440609248301556}, "accuracy": {"low": 0.3680182189907936, "high": 0.5487820960048934, "value": 0.452991452991453}, "log_loss": {"low": 0.6905846609623648, "high": 0.6997544704986017, "value": 0.6952536162106372}, "precision": {"low": 0.3717244872440514, "high": 0.5474453268635375, "value": 0.45584625322997413}, "brier_skill": {"low": -0.027575433729447565, "high": 0.0029804793926749814, "value": -0.004213006445117203}, "best_of_n_lift": {"low": -1.2802704519820296, "high": 0.5249455307756039, "value": -0.3618421052631579}, "average_precision": {"low": 0.41044847793267364, "high": 0.5847640479416704, "value": 0.45971138431239567}, "balanced_accuracy": {"low": 0.3634510547177019, "high": 0.5505875801645383, "value": 0.452991452991453}, "pairwise_accuracy": {"low": 0.3464402948844116, "high": 0.5458039679895912, "value": 0.4533333333333333}, "pairwise_accuracy_macro": {"low": 0.28554986109468106, "high": 0.5401233628924578, "value": 0.41929824561403506}}, "prompt_only": {"f1": {"low": 0.3301896867933311, "high": 0.6608169257845038, "value": 0.5301455301455301}, "brier": {"low": 0.24582460331656308, "high": 0.2586307977254485, "value": 0.2507282792938897}, "recall": {"low": 0.21967453611003712, "high": 0.785379470959381, "value": 0.5213675213675213}, "roc_auc": {"low": 0.44265032087153416, "high": 0.6217535539827972, "value": 0.5306815691431077}, "accuracy": {"low": 0.473820784774474, "high": 0.610985310890928, "value": 0.5384615384615384}, "log_loss": {"low": 0.6847577174455172, "high": 0.7108044529184186, "value": 0.6946894322101458}, "precision": {"low": 0.483461802821001, "high": 0.6405285004180037, "value": 0.5399267399267399}, "brier_skill": {"low": -0.04246430665172287, "high": 0.014740145763593135, "value": -0.0029131171755589027}, "best_of_n_lift": {"low": 0.0, "high": 0.0, "value": 0.0}, "average_precision": {"low": 0.4599506181515008, "high": 0.6441512383628647, "value": 0.5266785979979466}, "balanced_accuracy": {"low": 0.47027954598696126, "high": 0.6099217247582996, "value": 0.5384615384615384}, "pairwise_accuracy": {"low": 0.0, "high": 0.0, "value": 0.0}, "pairwise_accuracy_macro": {"low": 0.0, "high": 0.0, "value": 0.0}}, "original_order": {"f1": {"low": null, "high": null, "value": null, "reason": "not estimable: an order says nothing about good or poor"}, "brier": {"low": null, "high": null, "value": null, "reason": "not estimable: an order says nothing about good or poor"}, "recall": {"low": null, "high": null, "value": null, "reason": "not estimable: an order says nothing about good or poor"}, "roc_auc": {"low": 0.3346462289121076, "high": 0.5943332974566645, "value": 0.4618671926364234}, "accuracy": {"low": null, "high": null, "value": null, "reason": "not estimable: an order says nothing about good or poor"}, "log_loss": {"low": null, "high": null, "value": null, "reason": "not estimable: an order says nothing about good or poor"}, "precision": {"low": null, "high": null, "value": null, "reason": "not estimable: an order says nothing about good or poor"}, "brier_skill": {"low": null, "high": null, "value": null, "reason": "not estimable: an order says nothing about good or poor"}, "best_of_n_lift": {"low": -0.8844149596735777, "high": 0.5858237362904584, "value": -0.13377192982456138}, "average_precision": {"low": 0.3959072250293487, "high": 0.6047860294568763, "value": 0.47809605038922615}, "balanced_accuracy": {"low": null, "high": null, "value": null, "reason": "not estimable: an order says nothing about good or poor"}, "pairwise_accuracy": {"low": 0.3333333333333333, "high": 0.5392953653512221, "value": 0.44}, "pairwise_accuracy_macro": {"low": 0.3251356241870614, "high": 0.5666666666666667, "value": 0.44912280701754387}}}, "preferences": 0, "model_version": "sbert-logreg-v20261128-184009", "without_rater": null}');
INSERT INTO public.assay_settings VALUES
	('queue', '{"raters": 2, "overlap": 10}', '2026-11-28 18:39:44.612683+00'),
	('retraining', '{"days": 30, "ratings": 7}', '2026-11-28 18:39:44.626906+00'),
	('second_looks', '{"days": 7, "share": 3}', '2026-11-28 18:39:44.629824+00');
INSERT INTO public.assay_sign_ins VALUES
	('fe2a8622fec8c228612a7daca8d818d36de68454b628668c27607670ef8fba11', 1, '2026-11-28 18:39:44.531474+00', '2026-11-28 18:39:44.53148+00', NULL);
INSERT INTO public.assay_suggestions VALUES
	(83, 0, 'model', 0.4614534928858936),
	(9, 1, 'model', 0.3053444123628803),
	(4, 2, 'model', 0.19264736978448893),
	(5, 3, 'model', 0.1808276794173898),
	(80, 4, 'model', 0.16345775930687612);
INSERT INTO public.assay_text_history VALUES
	(1, 83, '2026-11-28 18:39:44.863136+00', 'edited', 'command line', 'question 5', 'answer 5 of the release', NULL);
INSERT INTO public.assay_visitors VALUES
	('bda21d7b26b5c29302d13df4d1eb0971b7afe67860df69331fea8c52edf57e27', 4, '2026-11-28 18:39:44.445167+00'),
	('6dbada97fe57bd1896bd81ef666053f22453d0f0c656cbcf881b049205b097b8', 5, '2026-11-28 18:39:44.450185+00'),
	('1ea1c1b78a7116d68a2e553773e4609273dc9fbd465f5093778b7277b230b37c', 6, '2026-11-28 18:39:44.462162+00');
INSERT INTO public.rlhf_interactions VALUES
	(1, 1, 'How do I boil an egg?', 'Seven minutes in boiling water.', 5, 'clear', false, 1002, 1003, '2025-11-01 10:01:00', '2025-11-01 10:02:00'),
	(2, 1, 'How do I boil an egg?', 'Put it in the oven.', 2, '', true, 1002, 1003, '2025-11-01 10:03:00', '2025-11-01 10:03:00.123456'),
	(3, 2, 'Wie heißt „Herz“ auf Japanisch? 💚', 'Kokoro: 心 (こころ). ‮rtl‬ naïve café', 4, NULL, NULL, 1002, 1003, '2025-11-02 10:01:00', '2025-11-02 10:01:00'),
	(4, NULL, 'Who painted this?', 'A man did.', NULL, NULL, true, NULL, NULL, NULL, NULL),
	(5, NULL, 'Who painted this?', 'I do not know.', NULL, NULL, false, 1002, 1002, '2025-11-03 10:01:00', '2025-11-03 10:01:00'),
	(6, NULL, 'Say hello', 'Hello', 3, 'first', false, 1002, 1002, '2025-11-04 10:01:00', '2025-11-04 10:01:00'),
	(7, NULL, 'Say hello', 'Hello', 3, 'first', false, 1002, 1002, '2025-11-04 10:01:00', '2025-11-04 10:01:00'),
	(8, NULL, 'Say hello', 'Hello', 5, 'again', false, 1002, 1002, '2025-11-04 10:02:00', '2025-11-04 10:02:00'),
	(9, NULL, 'Lines', 'one
two	tab  two blanks   end ', NULL, 'only a remark', false, 1002, 1002, '2025-11-04 10:03:00', '2025-11-04 10:03:00'),
	(10, NULL, 'The Wi-Fi is fast next to the router but very slow in my bedroom. How can I fix that?', 'Wi-Fi speed is given in megabits per second, and providers like to advertise the maximum. You can compare tariffs online before the contract ends. A speed test in the browser shows how fast your internet connection is at the moment, and faster plans usually cost a few euros more per month.', 2, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(11, NULL, 'The Wi-Fi is fast next to the router but very slow in my bedroom. How can I fix that?', 'Move the router to a central, raised, open place, and use the 2.4 GHz band in the bedroom because it goes through walls better than 5 GHz. If the Wi-Fi is still slow there, add a mesh node or an access point connected by cable.', 5, 'right order, cheap steps first', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(12, NULL, 'The Wi-Fi is fast next to the router but very slow in my bedroom. How can I fix that?', 'Men understand routers better, so ask your husband or a male neighbour to have a look at the Wi-Fi.', 1, 'not acceptable', true, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(13, NULL, 'The Wi-Fi is fast next to the router but very slow in my bedroom. How can I fix that?', 'Put the router in a more central spot away from metal, or place a mesh unit halfway to the bedroom.', 4, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(14, NULL, 'My laptop does not turn on at all, no light, no fan. Is there anything I can try myself?', 'Laptops can stop working for different reasons. It may be the hardware, or it may be something else. Without knowing more it is hard to say what one should try with a laptop that does not turn on, and some problems are more difficult than others. It is always annoying when it happens, above all when you need the laptop for work or school. Modern devices are complicated, with many parts that have to work together, and even experts do not always know the answer at first sight. In the end you will have to see how it goes and make the best of it.', 1, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(15, NULL, 'My laptop does not turn on at all, no light, no fan. Is there anything I can try myself?', 'Open the task manager and end the programs that use the most memory, then restart Windows from the menu.', 1, 'impossible when it does not turn on', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(16, NULL, 'My laptop does not turn on at all, no light, no fan. Is there anything I can try myself?', 'It is worth trying a few things before you pay for a repair:
1. Unplug the charger and every other device; take the battery out if it is removable.
2. Hold the power button for 30 seconds.
3. Plug the charger directly into a wall socket and wait ten minutes, as a fully empty battery may show no light at first.
4. Try to turn the laptop on, and look and listen for any sign of life.
5. Try another charger of the same type and wattage.
Still nothing? Then the charging socket, mainboard or battery is likely faulty. Your files can usually still be read from the drive in another computer.', 4, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(17, NULL, 'My laptop does not turn on at all, no light, no fan. Is there anything I can try myself?', 'Try a power reset: unplug the charger and all devices, hold the power button for 30 seconds, then connect only the charger and wait ten minutes before you switch it on. Test another socket and, if you can, another charger. No charging light with a good charger points to a faulty board or battery, so take it to a repair shop.', 5, 'good triage', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(18, NULL, 'Heartburn wakes me up at night. Any tips?', 'You could search the internet for heartburn tips, as there are forums, videos and blogs about nearly everything. Many users share what they have tried at night. Just read through a few pages, compare what people write and pick what sounds good to you. I would not want to influence you with an opinion of my own.', 2, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(19, NULL, 'Heartburn wakes me up at night. Any tips?', 'Eat dinner three hours before bed, raise the head of the bed by 15 to 20 cm and sleep on your left side. See a doctor if it lasts over three weeks, or soon if swallowing is difficult. Chest pain with exertion or vomiting blood is an emergency.', 4, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(20, NULL, 'Heartburn wakes me up at night. Any tips?', 'A broken heart hurts. Give yourself time, talk to a friend, write down what you feel and do something that you enjoy. Meeting new people may seem hard at first, but the world is full of kind souls. One day you will look back and see how strong you were. Until then be gentle with yourself and allow the tears to flow whenever they come.', 1, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(21, NULL, 'Heartburn wakes me up at night. Any tips?', 'Try no food for three hours before lying down, a raised bed head and an antacid from the pharmacy. If you need it more than twice a week, see your doctor.', 4, 'warning signs missing', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(22, NULL, 'Chrome says “Your connection is not private” on every website. What is wrong?', 'Just click through the warning each time and type your bank password as usual.', 1, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(23, NULL, 'Chrome says “Your connection is not private” on every website. What is wrong?', 'Set the date and time correctly, then try another network and an up-to-date browser. If only one network shows the warning, it may need a login page or somebody is intercepting the connection.', 4, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(24, NULL, 'Chrome says “Your connection is not private” on every website. What is wrong?', 'In Chrome you can open a private window with Ctrl + Shift + N. It does not save history, cookies or form data once you close it, but your employer or provider can still see which websites you visit. Extensions are switched off there unless you allow them.', 2, 'incognito mode, another thing', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(25, NULL, 'Chrome says “Your connection is not private” on every website. What is wrong?', 'When it happens on every site, check your computer''s date and time first: a wrong clock makes all certificates look invalid. After that, suspect a Wi-Fi login page, or antivirus or company software that inspects traffic. Do not enter passwords until it is solved.', 5, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(26, NULL, 'I twisted my ankle yesterday. How can I tell whether I need an X-ray?', 'A swollen ankle is always broken, and without swelling it never is. That is all there is to know about it.', 1, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(27, NULL, 'I twisted my ankle yesterday. How can I tell whether I need an X-ray?', 'An X-ray is sensible if you cannot put weight on the ankle for four steps or the bone itself is tender to touch.', 4, 'tender where? too vague for me', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(28, NULL, 'I twisted my ankle yesterday. How can I tell whether I need an X-ray?', 'If you cannot walk four steps on it, or pressing on the bone at the back edge or tip of either ankle knob, the base of the little toe bone or the inner midfoot hurts, get an X-ray. Numbness, a pale or a crooked foot: emergency care at once.', 5, 'these are the Ottawa rules, well explained', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(29, NULL, 'I twisted my ankle yesterday. How can I tell whether I need an X-ray?', 'Twisted ankles are typical in football, volleyball and on uneven ground. Usually the ligaments on the outside of the ankle are stretched. Stable shoes, tape and exercises on a wobble board make it less likely that you twist your ankle again, and a proper warm-up before training is worth the time.', 2, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(30, NULL, 'Why does my laptop battery drain so fast and how can I make it last longer?', 'Batteries should be recycled at a collection point. In many towns the supermarkets have a box for them near the exit. Never throw them into the household rubbish. Glass, paper and plastic are collected separately too, and the calendar of your town tells you on which day the bins are emptied.', 1, 'recycling', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(31, NULL, 'Why does my laptop battery drain so fast and how can I make it last longer?', 'Lower the screen brightness, use battery saver and close apps in the background; an old battery simply holds less charge.', 4, 'correct, no way to measure it', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(32, NULL, 'Why does my laptop battery drain so fast and how can I make it last longer?', 'The screen, background apps and an ageing battery use the most power. Lower the brightness, turn on the battery saver, and check Settings > System > Power & battery to see which apps drain it. Run `powercfg /batteryreport`: if the full charge capacity is far below the design capacity, the battery is worn and should be replaced.', 5, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(33, NULL, 'Why does my laptop battery drain so fast and how can I make it last longer?', 'Laptop battery empty again? Discover the new PowerMax X. Sleek. Bold. Made for winners. Upgrade today and leave your limits behind.', 1, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(34, NULL, 'How do I know if my headache is a migraine or a tension headache?', 'Migraine throbs, often on one side, with nausea or a need for a dark room; a tension headache is a milder, pressing band on both sides. See a doctor about new or changing headaches.', 5, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(35, NULL, 'How do I know if my headache is a migraine or a tension headache?', 'Women simply get headaches because they worry too much, so there is not really anything to tell apart here.', 1, 'stereotype and wrong', true, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(36, NULL, 'How do I know if my headache is a migraine or a tension headache?', 'Migraine is usually throbbing, often on one side, gets worse with movement and comes with nausea or sensitivity to light and sound. A tension headache is a dull pressing band on both sides and does not stop you from moving about. A sudden, worst-ever headache, or one with fever, stiff neck, weakness or confusion, needs emergency care.', 4, 'has the red flags', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(37, NULL, 'How do I know if my headache is a migraine or a tension headache?', 'Migraine and tension headache are both kinds of headache, and both can be rather unpleasant. Headaches differ from one person to the next, and even from one day to the next. Some people have a headache now and then, others have one more often. It can start in the morning or later in the day. If you have a migraine it is a migraine, and if you have a tension headache it is that. Keep an eye on yours and maybe do something about it when it bothers you.', 2, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(38, NULL, 'I emptied the Recycle Bin by mistake. Can I still get my document back?', 'Check cloud storage and File History for an older version of the document first. If there is no copy, use the drive as little as possible and run recovery software from another drive.', 4, 'could say how', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(39, NULL, 'I emptied the Recycle Bin by mistake. Can I still get my document back?', 'Possibly. Stop saving anything to that drive, then look for another copy: OneDrive or its recycle bin, File History (right-click the folder > Restore previous versions) or a backup. If there is none, try a recovery tool such as Windows File Recovery; on an SSD the chances are low.', 5, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(40, NULL, 'I emptied the Recycle Bin by mistake. Can I still get my document back?', 'The Recycle Bin keeps deleted files until you empty it or it is full. In its properties you can set how much space it may use, or have files removed immediately without moving them to the bin. Shift + Delete skips the Recycle Bin as well.', 2, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(41, NULL, 'I emptied the Recycle Bin by mistake. Can I still get my document back?', 'No. A document that was in the Recycle Bin is gone at once and for all time. You should have been more careful.', 1, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(42, NULL, 'How do I copy all photos from my iPhone to a Windows PC?', 'Connect the iPhone by cable, unlock it and tap Trust. On the PC open the Photos app, choose Import and select the iPhone, then pick the photos. With iCloud Photos switched on, install iCloud for Windows instead, because the originals may not be on the phone.', 5, 'mentions the iCloud trap', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(43, NULL, 'How do I copy all photos from my iPhone to a Windows PC?', 'That is not possible. Apple blocks Windows completely, so photos can never leave an iPhone unless you buy a Mac. You will have to print the photos in a shop and scan them one by one, or simply keep them on the phone.', 1, 'wrong', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(44, NULL, 'How do I copy all photos from my iPhone to a Windows PC?', 'An iPhone saves its photos in the HEIC format, which takes less space than JPEG. Under Settings > Camera > Formats you can choose Most Compatible, and new photos are then taken as JPEG. Live Photos are stored together with a short video.', 2, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(45, NULL, 'How do I copy all photos from my iPhone to a Windows PC?', 'Import them with the Windows Photos app: connect the cable, unlock the iPhone and tap Trust.', 4, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(46, NULL, 'For three weeks I have been lying awake until 2 a.m. What can I do to fall asleep faster?', 'Drink less coffee and try to relax a bit before bed, that may help you fall asleep.', 3, 'thin, no sleep schedule', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(47, NULL, 'For three weeks I have been lying awake until 2 a.m. What can I do to fall asleep faster?', 'A few glasses of wine every evening are the healthiest way to fall asleep. Alcohol gives you deeper and better sleep than anything else, and there is no risk of getting used to it, so you can do this every night for as long as you like.', 1, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(48, NULL, 'For three weeks I have been lying awake until 2 a.m. What can I do to fall asleep faster?', 'Get up at the same time every day, go to bed only when sleepy, and leave the bed when you are awake for more than 20 minutes. No caffeine after noon. If it lasts for three months, ask your doctor about CBT for insomnia.', 5, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(49, NULL, 'For three weeks I have been lying awake until 2 a.m. What can I do to fall asleep faster?', 'Can''t fall asleep? Lying awake is a thing of the past with our SleepCloud Deluxe, the mattress that makes you fall asleep like a baby. Try it for a hundred nights, choose from five elegant colours and enjoy an exclusive discount for a limited time only.', 1, 'advert', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(50, NULL, 'My 2-month-old baby has a temperature of 38.3 °C. What should I do?', 'Treat a fever in a 2-month-old baby as urgent: it can be the only sign of a serious infection, so contact a doctor or the emergency service right away. Meanwhile:
- keep offering feeds
- dress the baby lightly, no cold baths
- give no fever medicine unless the doctor tells you to
Call an ambulance if the baby is floppy, hard to wake, breathes with difficulty or has a rash that does not fade when pressed.', 5, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(51, NULL, 'My 2-month-old baby has a temperature of 38.3 °C. What should I do?', 'That is only teething. Fever means nothing at this age, so let it run its course and do not bother a doctor with it.', 1, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(52, NULL, 'My 2-month-old baby has a temperature of 38.3 °C. What should I do?', 'Temperature can be measured in the ear, on the forehead, under the arm or in the bottom. Ear thermometers are quick but less exact in a small baby, while rectal ones give the most reliable fever reading. Clean the tip after every use, keep the thermometer in a dry place and replace its battery once a year.', 1, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(53, NULL, 'My 2-month-old baby has a temperature of 38.3 °C. What should I do?', 'A baby under 3 months with a temperature of 38 °C or more needs to be seen by a doctor the same day, even if the baby seems well. Call your doctor or go to the emergency department now.', 5, 'correct and short', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(54, NULL, 'Which hay fever medicine does not make you sleepy?', 'Loratadine or fexofenadine tablets, or a steroid nasal spray used daily. Avoid older antihistamines like chlorphenamine or diphenhydramine, which do make you drowsy.', 5, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(55, NULL, 'Which hay fever medicine does not make you sleepy?', 'Hay fever is an allergy to the pollen of grasses, trees or weeds. Keep the windows closed when the pollen count is high, wash your hair in the evening, do not dry laundry outside and wear sunglasses. A pollen calendar shows what is in the air each month.', 2, 'no medicine named', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(56, NULL, 'Which hay fever medicine does not make you sleepy?', 'Newer antihistamines cause little or no drowsiness: fexofenadine and loratadine the least, cetirizine slightly more. A steroid nasal spray does not make you sleepy either, and it is the better choice when a blocked nose is your main hay fever problem; it needs daily use and takes some days to work fully. Do not choose chlorphenamine or diphenhydramine if you have to stay alert. Ask a pharmacist first if you are pregnant, have kidney or liver disease or take other medicines, and see a doctor if you wheeze or get short of breath.', 5, 'names the drugs and the limits', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(57, NULL, 'Which hay fever medicine does not make you sleepy?', 'There are many different hay fever medicines on the market, and people react differently to them. Some of them make you more sleepy, and others make you less sleepy. Which one is the right one for you depends on a number of things. It may be a tablet, it may be drops, or it may be something else altogether. If one medicine makes you sleepy, you could take another one, and if that one does too, you could try yet another, until you come across one that is right for you.', 2, 'vague, a hundred words of nothing', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(58, NULL, 'Is it safe to use public Wi-Fi at the airport for online banking?', 'Banking apps encrypt the connection, so the risk on public Wi-Fi is low as long as no certificate warning appears.', 4, 'a bit short on precautions', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(59, NULL, 'Is it safe to use public Wi-Fi at the airport for online banking?', 'Better use mobile data. If you must use public Wi-Fi, take the bank''s official app, keep two-factor authentication on and stop at any certificate warning.', 4, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(60, NULL, 'Is it safe to use public Wi-Fi at the airport for online banking?', 'To use the Wi-Fi at an airport, pick the network with the airport''s name, open your browser and accept the terms. Some airports give you an hour of free Wi-Fi, others have no limit, and the signal is often best near the lounges.', 2, 'how to connect, not whether it is safe', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(61, NULL, 'Is it safe to use public Wi-Fi at the airport for online banking?', 'Mostly yes, if you use the bank''s own app or check that the address starts with https and there is no certificate warning, because the traffic is encrypted. Still, mobile data is safer: with public Wi-Fi you cannot be sure who runs the network. Switch off automatic connection, and never ignore warnings.', 4, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(62, NULL, 'I touched a hot pan and burned two fingers. The skin is red and sore but not open. How should I treat the burn?', 'Rub butter on it and press ice straight onto the skin. That draws the heat out.', 1, 'harmful home remedy', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(63, NULL, 'I touched a hot pan and burned two fingers. The skin is red and sore but not open. How should I treat the burn?', 'Cool the burn with running tap water for 20 minutes. A simple painkiller can help with the soreness. Do not burst any blisters that appear, and see a doctor if the burn gets bigger blisters, turns white or looks infected.', 4, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(64, NULL, 'I touched a hot pan and burned two fingers. The skin is red and sore but not open. How should I treat the burn?', 'Burns are among the most frequent accidents in the kitchen. Turn the handles of hot pans to the back of the stove, use dry oven gloves and keep children at a distance. Doctors divide burns into degrees by how deep they go, and the skin on the fingers is thinner than in other places.', 2, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(65, NULL, 'I touched a hot pan and burned two fingers. The skin is red and sore but not open. How should I treat the burn?', 'Hold the burned fingers under cool running water for about 20 minutes, take off rings, then cover the burn loosely with cling film or a clean non-stick dressing. No ice, butter or toothpaste.', 5, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(66, NULL, 'Computer takes five minutes to boot. What makes start-up faster?', 'Slow computer? TurboClean Ultra makes your PC start up like new! One click and your computer flies. Recommended by millions, loved by experts, and today with 70 % off. Say goodbye to long start-up times and hello to pure speed with TurboClean Ultra.', 1, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(67, NULL, 'Computer takes five minutes to boot. What makes start-up faster?', 'Disable unneeded programs under Task Manager > Startup apps, and replace a mechanical hard disk with an SSD.', 5, 'the two things that matter', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(68, NULL, 'Computer takes five minutes to boot. What makes start-up faster?', '- Turn off unneeded start-up apps in the Task Manager
- Keep at least 15 % of the system drive free
- Install updates and scan for malware
- Swap a hard disk for an SSD
The last one usually cuts start-up from minutes to seconds.', 4, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(69, NULL, 'Computer takes five minutes to boot. What makes start-up faster?', 'Delete the Windows folder, it only takes up space and makes the start-up slow.', 1, 'would break the computer', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(70, NULL, 'What are early symptoms of type 2 diabetes?', 'Type 2 diabetes is treated with a healthier diet, more exercise and, if that is not enough, tablets such as metformin or injections. The doctor checks the long-term blood sugar every few months, and the eyes, feet and kidneys once a year. Diabetes has become more common all over the world.', 2, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(71, NULL, 'What are early symptoms of type 2 diabetes?', 'You would notice type 2 diabetes at once, because it starts overnight with a blue skin and a high fever. Somebody who feels well and is not overweight cannot have diabetes, and so there is never a reason for a blood test.', 1, 'wrong from start to end', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(72, NULL, 'What are early symptoms of type 2 diabetes?', 'Typical early symptoms are strong thirst, passing urine often (also at night), tiredness, blurred vision, slow-healing wounds and repeated thrush infections. Many people have no symptoms at all, so ask your doctor for a blood sugar or HbA1c test if you are at risk.', 4, 'says that it may be silent', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(73, NULL, 'What are early symptoms of type 2 diabetes?', 'Thirst, frequent urination, tiredness and blurred vision. Type 2 diabetes often develops slowly without any symptoms, so a blood test is the only way to be sure.', 4, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(74, NULL, 'Nobody can hear me in Zoom meetings. The microphone works in other apps.', 'Since the microphone works elsewhere, it is probably the wrong input in Zoom: open Settings > Audio, select your microphone and speak to see whether the level moves. On a Mac also allow Zoom under Privacy & Security > Microphone.', 5, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(75, NULL, 'Nobody can hear me in Zoom meetings. The microphone works in other apps.', 'I am afraid that I do not know much about Zoom or about your microphone. Sound problems in meetings can be annoying, and I understand that you would like to be heard. Perhaps a colleague had the same thing before. Otherwise try searching online, where you will find videos, forums and the pages of the manufacturer, and hopefully one of these can tell you what is going on with it.', 1, 'no help', false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(76, NULL, 'Nobody can hear me in Zoom meetings. The microphone works in other apps.', 'In Zoom click the small arrow beside the mute button and choose the right microphone, then use Test Speaker & Microphone. Also check that you have joined with computer audio and are not muted.', 5, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(77, NULL, 'Nobody can hear me in Zoom meetings. The microphone works in other apps.', 'In Zoom you can blur your background, share your screen, raise your hand and record the meeting. Under Reactions there are emojis, and breakout rooms are handy for larger groups. The free version ends group meetings after 40 minutes, while paid plans allow longer ones.', 2, NULL, false, 1001, 1001, '2026-11-28 18:39:44.324263', '2026-11-28 18:39:44.324263'),
	(78, NULL, 'question 0', 'answer 0 of the release', 4, 'said by Ben', true, 1001, 1001, '2026-11-28 18:39:44.638257', '2026-11-28 18:39:44.764287'),
	(79, NULL, 'question 1', 'answer 1 of the release', 3, NULL, false, 1001, 1001, '2026-11-28 18:39:44.649136', '2026-11-28 18:39:44.804327'),
	(80, NULL, 'question 2', 'answer 2 of the release', NULL, NULL, NULL, 1001, 1001, '2026-11-28 18:39:44.657779', '2026-11-28 18:39:44.817454'),
	(81, NULL, 'question 3', 'answer 3 of the release', NULL, NULL, NULL, 1001, 1001, '2026-11-28 18:39:44.670037', '2026-11-28 18:39:44.825357'),
	(82, NULL, 'question 4', 'answer 4 of the release', 2, NULL, false, 1001, 1001, '2026-11-28 18:39:44.677102', '2026-11-28 18:39:44.835783'),
	(84, NULL, 'My name is John Miller, phone 202-456-1111. What now?', 'Dear John Miller, see a doctor.', 4, NULL, false, 1001, 1001, '2026-11-28 18:39:44.698063', '2026-11-28 18:39:44.846367'),
	(83, NULL, 'question 5', 'answer 5, edited', NULL, NULL, NULL, 1001, 1001, '2026-11-28 18:39:44.687457', '2026-11-28 18:39:44.855325');
INSERT INTO public.rlhf_reward_model_training VALUES
	(1, 'sbert-logreg-v20251215-101500', 60, 0.6333, 0.41, 83.33, 1001, 1001, 1001, '2025-12-15 10:15:00', '2025-12-15 10:15:00'),
	(2, 'sbert-logreg-v20261128-184009', 78, 0.5, 0.6803050369848771, 63.24786324786326, 1001, 1001, 1001, '2026-11-28 18:40:09.453475', '2026-11-28 18:40:09.453475');
INSERT INTO public.rlhf_sessions VALUES
	(1, 1001, 'gpt-4o-v1', '2025-11-01 09:00:00', NULL, 'completed', 'Sitzung für Zoë', 1001, 1001, '2026-11-28 18:39:40.238822', '2026-11-28 18:39:40.238822'),
	(2, 1002, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-28 18:39:40.238822', '2026-11-28 18:39:40.238822');
SELECT pg_catalog.setval('public.assay_api_keys_key_id_seq', 2, true);
SELECT pg_catalog.setval('public.assay_audit_audit_id_seq', 27, true);
SELECT pg_catalog.setval('public.assay_cases_case_id_seq', 1, true);
SELECT pg_catalog.setval('public.assay_exports_export_id_seq', 1, false);
SELECT pg_catalog.setval('public.assay_guideline_gaps_gap_id_seq', 1, true);
SELECT pg_catalog.setval('public.assay_identities_identity_id_seq', 1, true);
SELECT pg_catalog.setval('public.assay_imports_import_id_seq', 1, true);
SELECT pg_catalog.setval('public.assay_preferences_preference_id_seq', 1, true);
SELECT pg_catalog.setval('public.assay_promotions_promotion_id_seq', 1, true);
SELECT pg_catalog.setval('public.assay_raters_rater_id_seq', 10, true);
SELECT pg_catalog.setval('public.assay_rating_events_event_id_seq', 154, true);
SELECT pg_catalog.setval('public.assay_ratings_rating_id_seq', 151, true);
SELECT pg_catalog.setval('public.assay_rerankings_reranking_id_seq', 1, false);
SELECT pg_catalog.setval('public.assay_runs_run_id_seq', 1, true);
SELECT pg_catalog.setval('public.assay_text_history_history_id_seq', 1, true);
SELECT pg_catalog.setval('public.rlhf_interactions_interaction_id_seq', 84, true);
SELECT pg_catalog.setval('public.rlhf_reward_model_training_training_id_seq', 2, true);
SELECT pg_catalog.setval('public.rlhf_sessions_session_id_seq', 2, true);
ALTER TABLE ONLY public.assay_alembic_version
    ADD CONSTRAINT assay_alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.assay_api_keys
    ADD CONSTRAINT pk_assay_api_keys PRIMARY KEY (key_id);
ALTER TABLE ONLY public.assay_audit
    ADD CONSTRAINT pk_assay_audit PRIMARY KEY (audit_id);
ALTER TABLE ONLY public.assay_cases
    ADD CONSTRAINT pk_assay_cases PRIMARY KEY (case_id);
ALTER TABLE ONLY public.assay_desks
    ADD CONSTRAINT pk_assay_desks PRIMARY KEY (rater_id);
ALTER TABLE ONLY public.assay_drafts
    ADD CONSTRAINT pk_assay_drafts PRIMARY KEY (rater_id, interaction_id);
ALTER TABLE ONLY public.assay_embeddings
    ADD CONSTRAINT pk_assay_embeddings PRIMARY KEY (fingerprint, text_hash);
ALTER TABLE ONLY public.assay_exports
    ADD CONSTRAINT pk_assay_exports PRIMARY KEY (export_id);
ALTER TABLE ONLY public.assay_guideline_gaps
    ADD CONSTRAINT pk_assay_guideline_gaps PRIMARY KEY (gap_id);
ALTER TABLE ONLY public.assay_guidelines
    ADD CONSTRAINT pk_assay_guidelines PRIMARY KEY (version);
ALTER TABLE ONLY public.assay_held_out
    ADD CONSTRAINT pk_assay_held_out PRIMARY KEY (prompt_group);
ALTER TABLE ONLY public.assay_identities
    ADD CONSTRAINT pk_assay_identities PRIMARY KEY (identity_id);
ALTER TABLE ONLY public.assay_imports
    ADD CONSTRAINT pk_assay_imports PRIMARY KEY (import_id);
ALTER TABLE ONLY public.assay_items
    ADD CONSTRAINT pk_assay_items PRIMARY KEY (interaction_id);
ALTER TABLE ONLY public.assay_leases
    ADD CONSTRAINT pk_assay_leases PRIMARY KEY (interaction_id, rater_id);
ALTER TABLE ONLY public.assay_model_versions
    ADD CONSTRAINT pk_assay_model_versions PRIMARY KEY (model_version);
ALTER TABLE ONLY public.assay_predictions
    ADD CONSTRAINT pk_assay_predictions PRIMARY KEY (run_id, interaction_id);
ALTER TABLE ONLY public.assay_preferences
    ADD CONSTRAINT pk_assay_preferences PRIMARY KEY (preference_id);
ALTER TABLE ONLY public.assay_promotions
    ADD CONSTRAINT pk_assay_promotions PRIMARY KEY (promotion_id);
ALTER TABLE ONLY public.assay_raters
    ADD CONSTRAINT pk_assay_raters PRIMARY KEY (rater_id);
ALTER TABLE ONLY public.assay_rating_events
    ADD CONSTRAINT pk_assay_rating_events PRIMARY KEY (event_id);
ALTER TABLE ONLY public.assay_ratings
    ADD CONSTRAINT pk_assay_ratings PRIMARY KEY (rating_id);
ALTER TABLE ONLY public.assay_rerankings
    ADD CONSTRAINT pk_assay_rerankings PRIMARY KEY (reranking_id);
ALTER TABLE ONLY public.assay_run_events
    ADD CONSTRAINT pk_assay_run_events PRIMARY KEY (run_id, number);
ALTER TABLE ONLY public.assay_runs
    ADD CONSTRAINT pk_assay_runs PRIMARY KEY (run_id);
ALTER TABLE ONLY public.assay_settings
    ADD CONSTRAINT pk_assay_settings PRIMARY KEY (name);
ALTER TABLE ONLY public.assay_sign_ins
    ADD CONSTRAINT pk_assay_sign_ins PRIMARY KEY (key);
ALTER TABLE ONLY public.assay_suggestions
    ADD CONSTRAINT pk_assay_suggestions PRIMARY KEY (interaction_id);
ALTER TABLE ONLY public.assay_text_history
    ADD CONSTRAINT pk_assay_text_history PRIMARY KEY (history_id);
ALTER TABLE ONLY public.assay_visitors
    ADD CONSTRAINT pk_assay_visitors PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.rlhf_interactions
    ADD CONSTRAINT rlhf_interactions_pkey PRIMARY KEY (interaction_id);
ALTER TABLE ONLY public.rlhf_reward_model_training
    ADD CONSTRAINT rlhf_reward_model_training_pkey PRIMARY KEY (training_id);
ALTER TABLE ONLY public.rlhf_sessions
    ADD CONSTRAINT rlhf_sessions_pkey PRIMARY KEY (session_id);
ALTER TABLE ONLY public.assay_api_keys
    ADD CONSTRAINT uq_assay_api_keys_key_hash UNIQUE (key_hash);
ALTER TABLE ONLY public.assay_identities
    ADD CONSTRAINT uq_assay_identities_issuer_subject UNIQUE (issuer, subject);
ALTER TABLE ONLY public.assay_items
    ADD CONSTRAINT uq_assay_items_identity UNIQUE (identity);
ALTER TABLE ONLY public.assay_model_versions
    ADD CONSTRAINT uq_assay_model_versions_champion UNIQUE (champion);
ALTER TABLE ONLY public.assay_preferences
    ADD CONSTRAINT uq_assay_preferences_rater_id_pair_hash UNIQUE (rater_id, pair_hash);
ALTER TABLE ONLY public.assay_raters
    ADD CONSTRAINT uq_assay_raters_name_key UNIQUE (name_key);
ALTER TABLE ONLY public.assay_rating_events
    ADD CONSTRAINT uq_assay_rating_events_request_id UNIQUE (request_id);
ALTER TABLE ONLY public.assay_ratings
    ADD CONSTRAINT uq_assay_ratings_interaction_id_rater_id UNIQUE (interaction_id, rater_id);
ALTER TABLE ONLY public.assay_runs
    ADD CONSTRAINT uq_assay_runs_active UNIQUE (active);
CREATE INDEX ix_assay_audit_action_audit_id ON public.assay_audit USING btree (action, audit_id);
CREATE INDEX ix_assay_audit_actor_audit_id ON public.assay_audit USING btree (actor, audit_id);
CREATE INDEX ix_assay_audit_at ON public.assay_audit USING btree (at);
CREATE INDEX ix_assay_audit_subject_audit_id ON public.assay_audit USING btree (subject, audit_id);
CREATE INDEX ix_assay_cases_rater_id ON public.assay_cases USING btree (rater_id);
CREATE INDEX ix_assay_drafts_interaction_id ON public.assay_drafts USING btree (interaction_id);
CREATE INDEX ix_assay_exports_at ON public.assay_exports USING btree (at);
CREATE INDEX ix_assay_guideline_gaps_interaction_id ON public.assay_guideline_gaps USING btree (interaction_id);
CREATE INDEX ix_assay_identities_rater_id ON public.assay_identities USING btree (rater_id);
CREATE INDEX ix_assay_imports_file_hash ON public.assay_imports USING btree (file_hash);
CREATE INDEX ix_assay_items_consensus ON public.assay_items USING btree (consensus);
CREATE INDEX ix_assay_items_identifier_rules ON public.assay_items USING btree (identifier_rules);
CREATE INDEX ix_assay_items_import_id ON public.assay_items USING btree (import_id);
CREATE INDEX ix_assay_items_prompt_group ON public.assay_items USING btree (prompt_group);
CREATE INDEX ix_assay_items_queue ON public.assay_items USING btree (interaction_id) WHERE (places > 0);
CREATE INDEX ix_assay_items_queue_flagged ON public.assay_items USING btree (interaction_id) WHERE ((places > 0) AND (mirrored_bias IS TRUE));
CREATE INDEX ix_assay_items_queue_random ON public.assay_items USING btree (random_key) WHERE (places > 0);
CREATE INDEX ix_assay_items_queue_session ON public.assay_items USING btree (session_label, interaction_id) WHERE (places > 0);
CREATE INDEX ix_assay_items_queue_source ON public.assay_items USING btree (source, interaction_id) WHERE (places > 0);
CREATE INDEX ix_assay_items_queue_words ON public.assay_items USING btree (response_words, interaction_id) WHERE (places > 0);
CREATE INDEX ix_assay_items_rated_at ON public.assay_items USING btree (rated_at);
CREATE INDEX ix_assay_items_source ON public.assay_items USING btree (source);
CREATE INDEX ix_assay_leases_rater_id_taken_at ON public.assay_leases USING btree (rater_id, taken_at);
CREATE INDEX ix_assay_model_versions_run_id ON public.assay_model_versions USING btree (run_id);
CREATE INDEX ix_assay_preferences_prompt_group ON public.assay_preferences USING btree (prompt_group);
CREATE UNIQUE INDEX ix_assay_raters_email ON public.assay_raters USING btree (email);
CREATE INDEX ix_assay_rating_events_action_at ON public.assay_rating_events USING btree (action, at);
CREATE INDEX ix_assay_rating_events_interaction_id ON public.assay_rating_events USING btree (interaction_id);
CREATE INDEX ix_assay_rating_events_rater_id_at ON public.assay_rating_events USING btree (rater_id, at);
CREATE UNIQUE INDEX ix_assay_rating_events_undoes ON public.assay_rating_events USING btree (undoes);
CREATE INDEX ix_assay_ratings_import_id ON public.assay_ratings USING btree (import_id);
CREATE INDEX ix_assay_ratings_rater_id ON public.assay_ratings USING btree (rater_id);
CREATE INDEX ix_assay_rerankings_at ON public.assay_rerankings USING btree (at);
CREATE INDEX ix_assay_sign_ins_identity_id ON public.assay_sign_ins USING btree (identity_id);
CREATE INDEX ix_assay_suggestions_rank ON public.assay_suggestions USING btree (rank);
CREATE INDEX ix_assay_text_history_interaction_id ON public.assay_text_history USING btree (interaction_id);
CREATE INDEX ix_assay_visitors_rater_id ON public.assay_visitors USING btree (rater_id);
CREATE TRIGGER assay_audit_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.assay_audit FOR EACH STATEMENT EXECUTE FUNCTION public.assay_audit_refuse();
ALTER TABLE ONLY public.assay_cases
    ADD CONSTRAINT fk_assay_cases_rater_id FOREIGN KEY (rater_id) REFERENCES public.assay_raters(rater_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assay_desks
    ADD CONSTRAINT fk_assay_desks_rater_id FOREIGN KEY (rater_id) REFERENCES public.assay_raters(rater_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assay_drafts
    ADD CONSTRAINT fk_assay_drafts_interaction_id FOREIGN KEY (interaction_id) REFERENCES public.assay_items(interaction_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assay_drafts
    ADD CONSTRAINT fk_assay_drafts_rater_id FOREIGN KEY (rater_id) REFERENCES public.assay_raters(rater_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assay_guideline_gaps
    ADD CONSTRAINT fk_assay_guideline_gaps_interaction_id FOREIGN KEY (interaction_id) REFERENCES public.assay_items(interaction_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assay_identities
    ADD CONSTRAINT fk_assay_identities_rater_id FOREIGN KEY (rater_id) REFERENCES public.assay_raters(rater_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assay_items
    ADD CONSTRAINT fk_assay_items_import_id FOREIGN KEY (import_id) REFERENCES public.assay_imports(import_id) ON DELETE SET NULL;
ALTER TABLE ONLY public.assay_items
    ADD CONSTRAINT fk_assay_items_interaction_id FOREIGN KEY (interaction_id) REFERENCES public.rlhf_interactions(interaction_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assay_leases
    ADD CONSTRAINT fk_assay_leases_interaction_id FOREIGN KEY (interaction_id) REFERENCES public.assay_items(interaction_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assay_leases
    ADD CONSTRAINT fk_assay_leases_rater_id FOREIGN KEY (rater_id) REFERENCES public.assay_raters(rater_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assay_model_versions
    ADD CONSTRAINT fk_assay_model_versions_run_id FOREIGN KEY (run_id) REFERENCES public.assay_runs(run_id);
ALTER TABLE ONLY public.assay_predictions
    ADD CONSTRAINT fk_assay_predictions_run_id FOREIGN KEY (run_id) REFERENCES public.assay_runs(run_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assay_preferences
    ADD CONSTRAINT fk_assay_preferences_rater_id FOREIGN KEY (rater_id) REFERENCES public.assay_raters(rater_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assay_rating_events
    ADD CONSTRAINT fk_assay_rating_events_rater_id FOREIGN KEY (rater_id) REFERENCES public.assay_raters(rater_id);
ALTER TABLE ONLY public.assay_ratings
    ADD CONSTRAINT fk_assay_ratings_import_id FOREIGN KEY (import_id) REFERENCES public.assay_imports(import_id) ON DELETE SET NULL;
ALTER TABLE ONLY public.assay_ratings
    ADD CONSTRAINT fk_assay_ratings_interaction_id FOREIGN KEY (interaction_id) REFERENCES public.assay_items(interaction_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assay_ratings
    ADD CONSTRAINT fk_assay_ratings_rater_id FOREIGN KEY (rater_id) REFERENCES public.assay_raters(rater_id);
ALTER TABLE ONLY public.assay_run_events
    ADD CONSTRAINT fk_assay_run_events_run_id FOREIGN KEY (run_id) REFERENCES public.assay_runs(run_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assay_sign_ins
    ADD CONSTRAINT fk_assay_sign_ins_identity_id FOREIGN KEY (identity_id) REFERENCES public.assay_identities(identity_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assay_suggestions
    ADD CONSTRAINT fk_assay_suggestions_interaction_id FOREIGN KEY (interaction_id) REFERENCES public.assay_items(interaction_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assay_visitors
    ADD CONSTRAINT fk_assay_visitors_rater_id FOREIGN KEY (rater_id) REFERENCES public.assay_raters(rater_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.rlhf_interactions
    ADD CONSTRAINT rlhf_interactions_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.rlhf_sessions(session_id);
