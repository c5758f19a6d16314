"""GPU kernels, each beside its plain reference."""
