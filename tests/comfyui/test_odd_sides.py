"""What ComfyUI does that one would not expect, against the stand-in that plays what it was seen to do."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from soho.ids import new_id
from soho.providers.comfyui.client import ComfyUI
from soho.providers.comfyui.workflow import read
from soho.providers.contract import Job, ProviderError
from soho.providers.download import Limits
from soho.providers.faults import Faults
from tests.providers.stand_ins.comfyui import offer
from tests.support.standins import KEY, Reply, document
from tests.support.standins.comfyui import WORKFLOW, Comfy, wait_for
from tests.support.standins.media import clip, picture


@pytest.fixture
def server() -> Iterator[Comfy]:
    with Comfy(clip(), picture()) as found:
        yield found


def remote(server: Comfy, *, key: str = KEY, **more: object) -> ComfyUI:
    return ComfyUI(
        "comfyui",
        Faults("ComfyUI", key),
        (offer(**more),),
        address=server.url,
        key=key,
        limits=Limits(200_000),
    )


def job(**more: Any) -> Job:
    identity = new_id()
    told: dict[str, Any] = {"prompt": "A quiet lake {{seed}}", "seconds": 2.0, "seed": 7, **more}
    return Job(
        identity, "video", "colours", told["prompt"], "16:9", told["seconds"], told["seed"], key=str(identity)
    )


def workflow(tmp_path: Path, **nodes: dict[str, Any]) -> Path:
    graph = {**json.loads(WORKFLOW.read_text()), **{name.lstrip("n"): node for name, node in nodes.items()}}
    path = tmp_path / "workflow.json"
    path.write_text(json.dumps(graph))
    return path


def test_a_job_is_filled_in_as_numbers_and_text_and_submitted_under_our_key(server: Comfy) -> None:
    order = job()
    comfy = remote(server)
    assert comfy.submit(order) == order.key
    told = server.jobs[order.key].told
    assert (told["prompt_id"], told["client_id"]) == (order.key, order.key)
    graph = told["prompt"]
    assert graph["1"]["inputs"] == {"width": 64, "height": 64, "batch_size": 1, "color": 7}
    assert (graph["3"]["inputs"]["amount"], graph["6"]["inputs"]["fps"]) == (16, 8)
    # What looks like a mark in somebody's prompt is what they wrote.
    assert graph["8"]["inputs"]["source"] == "A quiet lake {{seed}}"
    # The workflow itself is as it was for the next one.
    assert comfy._offers["colours"].workflow.graph["1"]["inputs"]["color"] == "{{seed}}"


def test_progress_comes_by_the_websocket_in_the_operators_words(server: Comfy) -> None:
    server.steps = 4
    order, comfy = job(), remote(server)
    comfy.submit(order)
    heard = []
    for title in ("Second colour", "RepeatImageBatch", "First colour", "RepeatImageBatch"):
        assert not comfy.poll(order, order.key).done
        wait_for(lambda title=title: comfy._ears[order.key].said()[1] == title)
        heard.append(comfy._ears[order.key].said())
    fractions = [fraction for fraction, _ in heard]
    assert fractions == sorted(fractions)
    assert 0.2 < fractions[-1] < 1
    comfy.poll(order, order.key)
    report = comfy.poll(order, order.key)
    assert (report.done, report.fraction) == (True, 1.0)
    assert comfy._ears == {}


def test_without_a_websocket_only_the_progress_is_missing(server: Comfy, tmp_path: Path) -> None:
    server.opens_websockets = False
    order, comfy = job(), remote(server)
    comfy.submit(order)
    assert comfy.poll(order, order.key).fraction == 0.0
    assert comfy.poll(order, order.key).done
    assert comfy.fetch(order, order.key, tmp_path).exists()


def test_whoever_takes_a_job_up_hears_its_progress_too(server: Comfy) -> None:
    server.steps = 10**6
    order, first, second = job(), remote(server), remote(server)
    first.submit(order)
    first._deafen(order.key)
    second.poll(order, order.key)
    wait_for(lambda: second.poll(order, order.key).fraction)


def test_steps_of_a_sampler_are_told_in_words_and_weigh_more_than_other_nodes(
    tmp_path: Path, server: Comfy
) -> None:
    sampler = {"class_type": "KSampler", "inputs": {"steps": 30, "text": "{{prompt}}"}}
    comfy = remote(server, workflow=read(workflow(tmp_path, n9=sampler)))
    ear = comfy._ear(job(), "mine")
    state = {"node_id": "9", "real_node_id": "9", "value": 12.0, "max": 30.0, "state": "running"}
    ear.hear(json.dumps({"type": "progress_state", "data": {"prompt_id": "mine", "nodes": {"9": state}}}))
    fraction, note = ear.said()
    assert note == "Step 12 of 30"
    assert fraction == pytest.approx(12 / 38)
    # Of somebody else's job, of another shape, or no JSON at all: nothing is taken note of.
    for noise in (
        '{"type": "executing", "data": {"node": "1", "prompt_id": "other"}}',
        "[1]",
        "{",
        '{"type": 1}',
    ):
        ear.hear(noise)
    assert ear.said() == (fraction, note)
    ear.close()


def test_a_job_that_waits_says_how_many_are_before_it(server: Comfy) -> None:
    server.steps = 10**6
    first, second, comfy = job(), job(), remote(server)
    comfy.submit(first)
    comfy.submit(second)
    server.jobs[second.key].told["waiting"] = True
    assert comfy.poll(second, second.key).note == "1 before it at the server"


def test_a_job_that_was_deleted_there_leaves_no_history_and_is_down_not_done(server: Comfy) -> None:
    order, comfy = job(), remote(server)
    comfy.submit(order)
    server.jobs[order.key].told["waiting"] = True
    comfy.cancel(order, order.key)
    assert server.jobs == {}
    assert comfy.find(order) is None
    with pytest.raises(ProviderError) as caught:
        comfy.poll(order, order.key)
    assert (caught.value.code, caught.value.retriable) == ("provider_down", True)


def test_a_cancel_interrupts_only_the_job_that_it_means(server: Comfy) -> None:
    """Older servers stop whatever is running, whichever job they are told."""
    server.steps = 10**6
    running, waiting, comfy = job(), job(), remote(server)
    comfy.submit(running)
    comfy.submit(waiting)
    server.jobs[waiting.key].told["waiting"] = True
    comfy.cancel(waiting, waiting.key)
    assert server.interrupts == 0
    assert not server.jobs[running.key].is_cancelled
    comfy.cancel(running, running.key)
    assert server.jobs[running.key].is_cancelled


def test_an_interrupted_job_says_error_and_is_understood_as_stopped(server: Comfy) -> None:
    server.steps = 10**6
    order, comfy = job(), remote(server)
    comfy.submit(order)
    comfy.cancel(order, order.key)
    with pytest.raises(ProviderError) as caught:
        comfy.poll(order, order.key)
    assert caught.value.code == "timed_out"


def test_outputs_that_are_wrong_beside_others_that_are_right_are_not_half_made(server: Comfy) -> None:
    """It answers 200, leaves out what is wrong and makes the rest."""
    server.steps = 10**6
    server.node_errors = {
        "1": {
            "class_type": "EmptyImage",
            "errors": [{"message": "Value 0 smaller than min of 1", "details": "width"}],
        }
    }
    order = job()
    with pytest.raises(ProviderError) as caught:
        remote(server).submit(order)
    assert caught.value.code == "invalid_request"
    assert "Node 1 (EmptyImage): Value 0 smaller than min of 1: width." in caught.value.detail
    assert server.jobs[order.key].is_cancelled


def test_a_refusal_names_the_node_and_never_the_prompt(server: Comfy) -> None:
    error = {"message": "Invalid", "details": "text, A quiet lake, too long"}
    told = {"node_errors": {"8": {"class_type": "PreviewAny", "errors": [error]}}}
    server.submits = [document(told, 400)]
    with pytest.raises(ProviderError) as caught:
        remote(server).submit(job(prompt="A quiet lake"))
    assert "Node 8 (PreviewAny): Invalid: text, [prompt], too long." in caught.value.detail


def test_videos_stand_under_images_and_what_is_saved_goes_before_previews(
    server: Comfy, tmp_path: Path
) -> None:
    def file(name: str, kind: str) -> dict[str, str]:
        return {"filename": name, "subfolder": "a b", "type": kind}

    server.outputs = {
        "5": {"images": [file("preview.mp4", "temp"), file("frame.png", "output")]},
        "7": {"gifs": [file("clip&more.mp4", "output")]},
    }
    order, comfy = job(), remote(server)
    comfy.submit(order)
    comfy.poll(order, order.key)
    comfy.poll(order, order.key)
    assert comfy.fetch(order, order.key, tmp_path).suffix == ".mp4"
    asked = server.asked[-1]
    assert asked.query == {"filename": ["clip&more.mp4"], "subfolder": ["a b"], "type": ["output"]}


def test_a_workflow_that_saves_nothing_of_the_kind_is_bad_output_for_good(
    server: Comfy, tmp_path: Path
) -> None:
    server.outputs = {"5": {"images": [{"filename": "frame.png", "subfolder": "", "type": "output"}]}}
    order, comfy = job(), remote(server)
    comfy.submit(order)
    with pytest.raises(ProviderError) as caught:
        comfy.fetch(order, order.key, tmp_path)
    assert (caught.value.code, caught.value.retriable) == ("bad_output", False)


def test_pictures_beside_the_workflow_are_uploaded_once_under_their_contents_name(
    server: Comfy, tmp_path: Path
) -> None:
    (tmp_path / "style.png").write_bytes(picture())
    load = {"class_type": "LoadImage", "inputs": {"image": "{{file:style.png}}"}}
    comfy = remote(server, workflow=read(workflow(tmp_path, n9=load)))
    order = job()
    comfy.submit(order)
    [(name, body)] = server.uploaded.items()
    assert body == picture()
    assert server.jobs[order.key].told["prompt"]["9"]["inputs"]["image"] == f"soho/{name}"
    comfy.submit(job())
    assert len(server.uploaded) == 1


def test_health_says_what_the_server_lacks_in_one_sentence(server: Comfy, tmp_path: Path) -> None:
    def sentence(node: dict[str, Any]) -> str:
        return remote(server, workflow=read(workflow(tmp_path, n9=node))).health("colours").sentence

    assert remote(server).health("colours").ok
    assert "no node 'WanTrick'" in sentence({"class_type": "WanTrick", "inputs": {}})
    loader = {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sdxl.safetensors"}}
    assert "no ckpt_name 'sdxl.safetensors'" in sentence(loader)
    loader["inputs"]["ckpt_name"] = "sd15.safetensors"
    assert sentence(loader) == ""
    upscaler = {"class_type": "UpscaleModelLoader", "inputs": {"model_name": "4x.pth"}}
    assert "no model_name '4x.pth'" in sentence(upscaler)
    saver = copy.deepcopy(json.loads(WORKFLOW.read_text())["7"])
    saver["inputs"]["format"] = "avi"
    assert "no format 'avi'" in sentence(saver)
    assert "refuses the key" in remote(server, key="wrong").health("colours").sentence


def test_a_server_that_talks_nonsense_is_an_error_and_no_crash(server: Comfy) -> None:
    order, comfy = job(), remote(server)
    comfy.submit(order)
    for body in (b"[]", b"no json", b'{"queue_running": [1, [2], ["x", "y"]], "queue_pending": null}'):
        server.answer = lambda asked, body=body: Reply(200, body)
        with pytest.raises(ProviderError):
            comfy.poll(order, order.key)
        assert not comfy.health("colours").ok
