"""The fullest tracer that was tried: fitted to one course's own logs, with echoes and trees. A yardstick, no product.

The product's is `tutor.learner.tracing`, whose weights come from other courses.
"""
