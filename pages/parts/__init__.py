"""What several pages share: the sidebar, the strategy tabs, the wall of faces, charts with their tables."""
