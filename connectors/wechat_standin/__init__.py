"""A stand-in for the WeChat official-account platform, written from WeChat's public documentation.

It speaks the same wire format in both directions: it pushes citizens' messages to the callback, and it answers the
server API. It shares no code with connectors/wechat, so that a mistake in one is not hidden by the other."""
