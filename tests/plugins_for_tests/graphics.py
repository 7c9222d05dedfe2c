"""A plugin for a GPU that is none: its runtime does as real ones do, falling back without a word among them."""

from __future__ import annotations

from typing import ClassVar, Literal

from plugins.contract import Box, DeviceUse, FrameData, MediaFrame, Plugin, Tool, ToolContext, ToolOptions
from plugins.errors import DeviceUnusable
from plugins.onnx_devices import PROVIDERS, device_of

Behaviour = Literal["works", "falls_back", "falls_back_at_run", "refuses"]


class FakeSession:
    """An inference session in ONNX Runtime's manner: asked for CUDA, it may be on the CPU all the same."""

    def __init__(self, behaviour: Behaviour, providers: tuple[str, ...]) -> None:
        cuda = providers[0] == "CUDAExecutionProvider"
        self._behaviour = behaviour
        self._providers = list(providers if cuda and behaviour != "falls_back" else PROVIDERS["cpu"])

    def get_providers(self) -> list[str]:
        """What it uses now."""
        return self._providers

    def run(self) -> None:
        """Compute; the first time may show that there is no memory left on the card."""
        if self._behaviour == "falls_back_at_run":
            self._providers = list(PROVIDERS["cpu"])


class GraphicsOptions(ToolOptions):
    """How the runtime behaves."""

    behaviour: Behaviour = "works"


class Infer(Tool[GraphicsOptions]):
    """Runs on a GPU where it can; its label names the provider that computed the frame."""

    name = "infer"
    title = "Infer"
    description = "Runs on a GPU."
    devices: ClassVar[tuple[str, ...]] = ("cpu", "gpu")
    Options: ClassVar[type[ToolOptions]] = GraphicsOptions

    def __init__(self, options: GraphicsOptions, context: ToolContext) -> None:
        super().__init__(options, context)
        if options.behaviour == "refuses" and context.device == "gpu":
            raise DeviceUnusable("CUDA says: out of memory.")
        self._session = FakeSession(options.behaviour, PROVIDERS[context.device])

    def process(self, frame: MediaFrame) -> FrameData:
        """One box."""
        self._session.run()
        return FrameData(
            frame_index=frame.index,
            timestamp_ms=frame.timestamp_ms,
            boxes=[Box(x1=0, y1=0, x2=5, y2=5)],
            scores=[1.0],
            labels=[self._session.get_providers()[0]],
        )

    def device_in_use(self) -> DeviceUse:
        """What the session says."""
        return device_of(self._session, asked_for=self.context.device)


class GpuOnly(Infer):
    """Has no way to do without."""

    name = "gpu-only"
    title = "GPU only"
    devices = ("gpu",)


class Graphics(Plugin):
    """A plugin with a use for a GPU."""

    name = "graphics"
    version = "1.0.0"
    title = "Graphics"
    description = "For tests."
    license = "Apache-2.0"
    tools = (Infer, GpuOnly)
    default_tool = "infer"
