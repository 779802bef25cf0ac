"""Sapar: academic mobility and internship matching."""
