"""The server around Streamlit: its routes, its middleware, and the checks before it starts."""
