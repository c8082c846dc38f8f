package protocol

import (
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/catalog"
)

// Scalars as text: in paths, queries, headers, forms and XML.

// parseText reads text as a scalar of the plan's kind; format is the place's own timestamp format.
func parseText(p *plan, text, format string) (any, error) {
	if p.format != "" {
		format = p.format
	}
	switch p.kind {
	case catalog.String, catalog.Any:
		return text, nil
	case catalog.Boolean:
		switch {
		case strings.EqualFold(text, "true"):
			return true, nil
		case strings.EqualFold(text, "false"):
			return false, nil
		}
	case catalog.Integer, catalog.Long:
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if err == nil {
			return withinKind(p.kind, n), nil
		}
	case catalog.Float, catalog.Double:
		if f, ok := namedFloat(text); ok {
			return f, nil
		}
		f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
			return f, nil
		}
	case catalog.Blob:
		return decodeBase64(strings.TrimSpace(text))
	case catalog.Timestamp:
		return parseTime(text, format)
	}
	if len(text) > 256 {
		text = text[:256] + "..."
	}
	return nil, serialization(fmt.Sprintf("'%s' can not be converted to an %s", text, javaName(p.kind)))
}

// formatText writes a scalar as text.
func formatText(p *plan, value any, format string) (string, error) {
	value, err := coerce(p, value)
	if err != nil {
		return "", err
	}
	if p.format != "" {
		format = p.format
	}
	switch value := value.(type) {
	case string:
		return value, nil
	case bool:
		return strconv.FormatBool(value), nil
	case int64:
		return strconv.FormatInt(value, 10), nil
	case float64:
		return strings.Trim(string(appendJSONFloat(nil, value)), `"`), nil
	case []byte:
		return base64.StdEncoding.EncodeToString(value), nil
	case time.Time:
		return string(appendTime(nil, value, format)), nil
	}
	return "", internalError(fmt.Errorf("protocol: a %T where text is needed", value))
}
