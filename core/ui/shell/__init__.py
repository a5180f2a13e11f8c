"""The frame of every page: navigation, the gate, the error boundary, texts, and the state of a browser tab."""
