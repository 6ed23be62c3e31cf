"""Without TensorFlow: let Rasa import what it never runs, and stop it if it tries.

Rasa imports every component that it ships when it reads a config, and six of
them import TensorFlow. `install` puts empty stand-ins in place of TensorFlow
and Keras and refuses, with a plain sentence, a config that names one of the
six. Where TensorFlow itself is installed it does nothing, so the project stays
an ordinary Rasa project (docs/decisions/0002-rasa-without-tensorflow.md).
"""

from __future__ import annotations

import importlib.util
import os
import sys
from abc import ABCMeta
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType
from typing import Any

ABSENT = ("tensorflow", "tensorflow_text", "tensorflow_hub", "tensorflow_addons", "keras")
RECIPE = "rasa.engine.recipes.default_recipe"
NEED_TENSORFLOW = frozenset(
    {
        "DIETClassifier",
        "TEDPolicy",
        "UnexpecTEDIntentPolicy",
        "LanguageModelFeaturizer",
        "ConveRTFeaturizer",
        "ResponseSelector",
    }
)


class TensorFlowMissing(RuntimeError):
    """Something wanted to run TensorFlow, which this environment leaves out."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"'{name}' needs TensorFlow, and this environment has none. Take it out of "
            "config.yml, or use stock Rasa on Python 3.10. See "
            "docs/decisions/0002-rasa-without-tensorflow.md."
        )


class _Absent(ABCMeta):
    """The class of every stand-in: may be inherited from or named, never run."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") or name == "_abc_impl":
            raise AttributeError(name)
        return _Absent(name, (), {})

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if not _an_import_is_running(sys._getframe(1)):
            raise TensorFlowMissing(cls.__name__)
        # While a module is being read, a call is a decorator such as @tf.function.
        return args[0] if len(args) == 1 and callable(args[0]) else cls


def _an_import_is_running(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


class _EmptyModule(ModuleType):
    """A module of TensorFlow's name in which every name is a stand-in."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent(name, (), {})


class _Finder(MetaPathFinder, Loader):
    """Finds the stand-ins, and Rasa's recipe, which it asks to check names."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.split(".")[0] in ABSENT:
            return ModuleSpec(fullname, self, is_package=True)
        if fullname == RECIPE:
            return self._recipe(fullname)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _EmptyModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: the module is empty on purpose."""

    def _recipe(self, fullname: str) -> ModuleSpec | None:
        sys.meta_path.remove(self)
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            sys.meta_path.insert(0, self)
        if spec is not None and spec.loader is not None:
            spec.loader = _RecipeLoader(spec.loader)
        return spec


class _RecipeLoader(Loader):
    """Loads Rasa's recipe and makes it refuse the names in NEED_TENSORFLOW."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._real.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._real.exec_module(module)
        recipe = module.DefaultV1Recipe
        find = recipe._from_registry.__func__

        def find_or_refuse(cls: type, name: str) -> Any:
            if name.rsplit(".", 1)[-1] in NEED_TENSORFLOW:
                raise TensorFlowMissing(name)
            return find(cls, name)

        recipe._from_registry = classmethod(find_or_refuse)


def install() -> None:
    """Put the stand-ins in place, unless TensorFlow is really there."""
    # Nothing about our patients or our clinic leaves this machine.
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    # Must be said before the first library with threads of its own is loaded. On a
    # busy machine such threads wait for each other: 300 ms a sentence and not 30.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # Rasa pins SQLAlchemy 1.4 and cannot follow its advice to move on.
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    if any(isinstance(one, _Finder) for one in sys.meta_path):
        return
    if importlib.util.find_spec("tensorflow") is None:
        sys.meta_path.insert(0, _Finder())
