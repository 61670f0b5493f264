"""Whether this machine can run pipelines at all, found out without loading torch into this process.

A process that has touched CUDA cannot fork workers any more, and torch alone is some 300 MB: so the web, the
sweeper and the parent of the workers never import it, they ask a child process once and remember.
"""

import functools
import importlib.util
import json
import subprocess
import sys
import time

from soho.providers.diffusers.recipe import Recipe

PACKAGES = ("torch", "diffusers", "transformers", "accelerate")
ASK_SECONDS = 60.0
BELIEVE_SECONDS = 300.0

# -I: what lies in the working folder is never imported.
_QUESTION = (
    "import json, torch\n"
    "cuda = torch.cuda.device_count() if torch.cuda.is_available() else 0\n"
    "print(json.dumps({'cuda': cuda, 'mps': torch.backends.mps.is_available()}))\n"
)


def trouble(recipe: Recipe) -> str:
    """What this machine lacks for `recipe`, in one sentence; empty when it lacks nothing."""
    for package in PACKAGES:
        if importlib.util.find_spec(package) is None:
            return f"{package} is not installed on this machine; run: pip install 'soho[diffusers]'"
    if recipe.quantise in {"8bit", "4bit"} and importlib.util.find_spec("bitsandbytes") is None:
        return (
            f'`quantise = "{recipe.quantise}"` needs bitsandbytes, which is not installed; '
            'run: pip install bitsandbytes, or use quantise = "fp8".'
        )
    if recipe.device == "cpu":
        return ""
    found = accelerators(int(time.monotonic() / BELIEVE_SECONDS))
    if isinstance(found, str):
        return found
    kind, _, number = recipe.device.partition(":")
    if kind == "cuda" and found["cuda"] <= int(number or 0):
        return (
            f'`device = "{recipe.device}"`, but torch sees {found["cuda"]} CUDA devices on this machine; '
            "check the driver and that torch is built for CUDA, or set another device."
        )
    if kind == "mps" and not found["mps"]:
        return '`device = "mps"`, but torch sees no Apple GPU on this machine; set another device.'
    if recipe.offload != "none" and not (found["cuda"] or found["mps"]):
        return (
            f'`offload = "{recipe.offload}"` moves weights between a GPU and memory, '
            "but there is no GPU here; remove it."
        )
    return ""


@functools.lru_cache(maxsize=1)
def accelerators(period: int) -> dict[str, int] | str:
    """How many CUDA devices and whether an Apple GPU torch sees; or a sentence when it cannot even start.

    Asked once in a `period` (any number; the same number gives the same answer).
    """
    try:
        asked = subprocess.run(  # noqa: S603 - our own interpreter and our own question
            [sys.executable, "-I", "-c", _QUESTION], capture_output=True, timeout=ASK_SECONDS, check=True
        )
        found: dict[str, int] = json.loads(asked.stdout.splitlines()[-1])
    except subprocess.TimeoutExpired:
        return f"torch did not start within {ASK_SECONDS:.0f} seconds on this machine; is it overloaded?"
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        return f"torch does not start on this machine ({said[-1][:200]}); reinstall it."
    except (OSError, ValueError, IndexError):
        return "torch gave no answer on this machine; reinstall it."
    return found
