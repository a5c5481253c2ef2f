"""Figures: data in, plotly figure or picture out; no Streamlit."""
