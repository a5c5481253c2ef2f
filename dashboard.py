"""The front door of zpoints: page configuration, navigation, sidebar. Start it with ``streamlit run dashboard.py``."""

import streamlit as st

from pages.parts.front_door import enter, navigate
from pages.parts.sidebar import sidebar

st.set_page_config("zpoints", page_icon=":material/scatter_plot:", layout="wide")
page = navigate()
sidebar()
enter(page)
