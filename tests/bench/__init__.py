"""How fast and how heavy the product is on this machine (`make bench`); what is measured stands in modules by subject."""
