"""The entry of the dashboard: imported once by the server, then executed once per rerun of every browser session."""

import streamlit as st

if __name__ != "__main__":
    from core.ui.server.asgi import lifespan, middleware, routes

    app = st.App(__file__, routes=routes, lifespan=lifespan, middleware=middleware())
else:
    from core.ui.shell.app import main

    main()
