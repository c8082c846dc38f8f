package cloudwatch

// Parse reads a text as an expression and as a rule: whatever it is, it must come back.
func Parse(text string) {
	_, _ = parseMath(text)
	_, _ = parseRule(text)
}
