"""Whether a ComfyUI server can run a workflow: its nodes are there, and the files that they name."""

from collections.abc import Callable, Mapping
from typing import Any

from soho.providers.comfyui.workflow import Workflow

MAX_CLASSES = 100

About = Callable[[str], Mapping[str, Any]]
"""What the server says of a class of nodes; nothing when it has no such class."""


def trouble(workflow: Workflow, about: About) -> str:
    """What the server lacks for `workflow`, in one sentence; empty when it lacks nothing that can be seen."""
    classes = sorted({node["class_type"] for node in workflow.graph.values()})[:MAX_CLASSES]
    told = {name: about(name) for name in classes}
    if missing := [name for name, one in told.items() if not one]:
        return (
            f"ComfyUI has no node {missing[0]!r}"
            + (f" (and {len(missing) - 1} more)" if len(missing) > 1 else "")
            + "; install the custom nodes that the workflow was made with, or update ComfyUI."
        )
    for node in workflow.graph.values():
        inputs = told[node["class_type"]].get("input") or {}
        known = {**(inputs.get("optional") or {}), **(inputs.get("required") or {})}
        for name, value in node["inputs"].items():
            choices = _choices(known.get(name))
            if choices is None or not isinstance(value, str) or "{{" in value:
                continue
            if value not in choices:
                return (
                    f"ComfyUI has no {name} {value!r} for its node {node['class_type']!r}; "
                    "put the file into ComfyUI's models folder, or correct the workflow."
                )
    return ""


def _choices(spec: object) -> list[object] | None:
    """What an input may be, in the older and in the newer way to say so; None where it may be anything.

    A folder of models with nothing in it is a choice of nothing.
    """
    if not isinstance(spec, list) or not spec:
        return None
    more = spec[1] if len(spec) > 1 and isinstance(spec[1], dict) else {}
    found = spec[0] if isinstance(spec[0], list) else more.get("options") if spec[0] == "COMBO" else None
    return found if isinstance(found, list) else None


def refusal(document: Mapping[str, Any]) -> str:
    """Why ComfyUI would not take a workflow, in a sentence that names the node."""
    errors = document.get("node_errors")
    for node, told in errors.items() if isinstance(errors, dict) else ():
        for one in told.get("errors") or []:
            return (
                f"Node {node} ({told.get('class_type')}): {one.get('message') or one.get('type')}: "
                f"{one.get('details') or 'no details'}."
            )
    error = document.get("error")
    if isinstance(error, dict):
        return f"{error.get('message') or error.get('type')} {error.get('details') or ''}".strip()
    return str(error or "no reason given")
