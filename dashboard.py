"""The front door of zpoints: navigation, page configuration, the page. Start it with ``streamlit run dashboard.py``."""

from pathlib import Path

import streamlit as st

from pages.parts.front_door import enter, navigate

page = navigate()
icon = str(Path(__file__).parent / ".streamlit" / "icon.png")
st.set_page_config(f"{page.title} – zpoints", page_icon=icon, layout="wide")
enter(page)
