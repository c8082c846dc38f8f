package aws

// Document is a structure whose shape only the catalogue knows: member name to value. Values are
// string, bool, int64, float64, []byte, time.Time, []any, Document, or map[string]any for a map shape.
type Document = map[string]any
