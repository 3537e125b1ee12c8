"""The supervisor behind `cds serve` and `cds worker`: starts the parts, minds them, stops them."""
