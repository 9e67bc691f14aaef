from programme.forms.guarded import GuardedForm

__all__ = ["GuardedForm"]
