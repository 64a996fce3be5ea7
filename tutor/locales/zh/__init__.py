"""What the product says in Chinese (simplified)."""

WEB_TAG = "zh-CN"
