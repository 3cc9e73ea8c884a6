"""Who meets whom, where and when, with a proof."""
