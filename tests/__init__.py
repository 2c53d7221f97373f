"""The tests of Aftercare: a clinic's day, told in sentences."""
