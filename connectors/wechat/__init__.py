"""The WeChat official account (公众号): callbacks in, passive replies and customer-service messages out."""
