"""One function for every act of a user: opens the transactions, calls store and model code, returns plain records."""
