"""GPU kernels, each beside its plain reference."""


def register() -> tuple[str, ...]:
    """Make the attention kernels known to transformers; returns their names.

    Afterwards any causal decoder of transformers takes them by name:

        model = AutoModelForCausalLM.from_pretrained(path, attn_implementation="midcourse_focal")
        model.config.midcourse = {"temperature": 0.4}

    `into_transformers` describes the names and their settings. It may be called more than once.

    Raises:
        ModuleNotFoundError: torch or transformers is not installed: pip install midcourse[llm].
    """
    from midcourse.kernels import into_transformers

    return into_transformers.register()
