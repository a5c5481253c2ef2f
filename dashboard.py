"""The front door of zpoints: page configuration, navigation, sidebar. Start it with ``streamlit run dashboard.py``."""

import streamlit as st

from pages.parts.front_door import inside
from pages.parts.sidebar import sidebar

st.set_page_config("zpoints", page_icon=":material/scatter_plot:", layout="wide")

PAGES = (
    ("faces", "Faces", "face", "Do these vectors decode to faces?"),
    ("components", "Components", "bar_chart", "How is each component distributed?"),
    ("bulk", "Bulk", "bubble_chart", "What is the shape of the bulk?"),
    ("radii", "Radii", "straighten", "How long are the vectors?"),
    ("studies", "Studies", "science", "What was trained on what?"),
)
page = st.navigation(
    [
        st.Page(f"pages/{file}.py", title=title, icon=f":material/{icon}:", help=question, default=file == "faces")
        for file, title, icon, question in PAGES
    ]
)
sidebar()
with inside():
    page.run()
