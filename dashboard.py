"""The front door of zpoints: page configuration, navigation, sidebar. Start it with ``streamlit run dashboard.py``."""

from pathlib import Path

import streamlit as st

from pages.parts.front_door import enter, navigate
from pages.parts.sidebar import sidebar

st.set_page_config("zpoints", page_icon=str(Path(__file__).parent / ".streamlit" / "icon.png"), layout="wide")
page = navigate()
sidebar()
enter(page)
