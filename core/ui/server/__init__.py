"""The server around Streamlit: its routes, what a socket may say, and what is looked at before the start."""
