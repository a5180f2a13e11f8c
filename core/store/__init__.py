"""The database: tables, migrations, and the only queries of the product."""
