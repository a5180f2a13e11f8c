"""Keeping only the figures of an old version: its files go, what is known of it stays."""

from core.domain.errors import Conflict, Unavailable
from core.domain.roles import Act, User
from core.reward import artifact
from core.reward.encoding import openvino_build
from core.services.masking import masks_output
from core.services.models.models import version_path
from core.services.workspace import Workspace
from core.store.retrying import retried
from core.store.training import versions


@masks_output()
@retried
def thin(workspace: Workspace, user: User, model_version: str) -> None:
    """Remove the files of a version but for its metadata and the list of its prompts, for good.

    Raises:
        NotAllowed: the person may not change models.
        NotFound: there is no such version.
        Conflict: it is in use, or would stand in for the one in use.
        Unavailable: a file could not be removed; done once more, it goes.
    """
    workspace.require(user, Act.MODELS)
    with workspace.store.write() as session:
        versions.lock_champion(session, None)
        version = versions.find(session, model_version)
        if version.champion:
            raise Conflict(f"{version.short_name} is in use, so its files stay. Nothing was changed.")
        if version in versions.before_champion(session)[:1]:
            raise Conflict(
                f"{version.short_name} is the one to go back to from the model in use, so its files stay. "
                "Nothing was changed."
            )
        if version.thinned_at is None:
            versions.thin(session, version, by=user)
    try:
        artifact.thin(version_path(workspace, model_version))
        if sha256 := version.hashes.get(artifact.DEEP_FILE):
            openvino_build.remove(workspace.settings.home, sha256)
    except OSError as error:
        raise Unavailable(
            f"Not every file could be removed: {error.strerror}. Its figures are kept. Check the rights and "
            "do it once more."
        ) from error
