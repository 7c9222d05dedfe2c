"""What a session of ONNX Runtime really computes on.

ONNX Runtime falls back to the CPU without a word where a provider can't be loaded: no library of CUDA, another
version of it, no memory left. Only the session itself says what became of the providers that it was given.
"""

from __future__ import annotations

from typing import Final, Protocol

from plugins.contract import DeviceUse

#: By what a device of ours is, in ONNX Runtime's words.
PROVIDERS: Final = {
    "cpu": ("CPUExecutionProvider",),
    "gpu": ("CUDAExecutionProvider", "CPUExecutionProvider"),
}


class Session(Protocol):
    """What is needed of an `onnxruntime.InferenceSession`."""

    def get_providers(self) -> list[str]:
        """The providers that it uses, the first one first."""
        ...


def device_of(session: Session, *, asked_for: str) -> DeviceUse:
    """What the session uses. Make it with `providers=PROVIDERS[context.device]`, and ask again after its first run."""
    used = session.get_providers()
    name = "cpu" if used[:1] in ([], ["CPUExecutionProvider"]) else "gpu"
    if name == asked_for:
        return DeviceUse(name)
    wanted = PROVIDERS[asked_for][0] if asked_for in PROVIDERS else asked_for
    return DeviceUse(name, f"ONNX Runtime could not use {wanted} and uses {', '.join(used) or 'nothing else'}.")
