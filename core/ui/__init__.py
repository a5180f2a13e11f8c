"""The dashboard: what pages are made of. Together with Home.py and pages/ the only code that imports streamlit."""
