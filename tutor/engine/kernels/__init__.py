"""How the linear layers of a base model are computed: one module a kernel, and the choice between them."""
