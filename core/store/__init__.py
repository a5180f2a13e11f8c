"""Everything that is kept: tables, migrations, and the only queries of the product."""
