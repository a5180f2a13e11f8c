"""What a page says, and pressing its buttons."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from core.ui.shell.texts import WITH_FORMULAS


def said(app: AppTest) -> str:
    """Everything the page says in text elements, in one string."""
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.info, app.success, app.warning, app.error)
    texts = [element.value for kind in kinds for element in kind]
    texts += [element.proto.body for element in app.get("html")]
    texts += [
        json.loads(one.proto.json) for one in app.get("bidi_component") if one.proto.component_name == WITH_FORMULAS
    ]
    return plain("\n".join(texts))


def plain(text: str) -> str:
    """A message as it is read on the screen: without what keeps Streamlit from interpreting it."""
    return text.replace("\\", "").replace("\u2060", "")


def press(app: AppTest, key: str) -> AppTest:
    """Click the button with that key; of keys with a number (data.reveal.3) the part before it is enough."""
    found = [button for button in app.button if button.key == key or (button.key or "").rpartition(".")[0] == key]
    assert len(found) == 1, f"{key}: {[button.key for button in app.button]}"
    return found[0].click().run()


def desk_data(app: AppTest) -> dict[str, Any]:
    """What the Rate page hands to its component; nothing where the desk is not shown."""
    for component in app.get("bidi_component"):
        data: dict[str, Any] = json.loads(component.proto.json or "{}")
        if "shown_to" in data:
            return data
    return {}
