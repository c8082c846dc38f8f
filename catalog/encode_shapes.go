package catalog

import "strconv"

// shapeTable numbers the shapes of a service from 1 in order of first use; 0 is no shape.
type shapeTable struct {
	list []*Shape
	at   map[*Shape]int
}

func (t *shapeTable) add(s *Shape) {
	if s == nil || t.at[s] > 0 {
		return
	}
	t.list = append(t.list, s)
	t.at[s] = len(t.list)
	for _, m := range s.Members {
		t.add(m.Shape)
	}
	for _, m := range []*Member{s.Key, s.Element} {
		if m != nil {
			t.add(m.Shape)
		}
	}
}

func (t *shapeTable) reference(s *Shape) int { return t.at[s] }

func collectShapes(s *Service) shapeTable {
	t := shapeTable{at: map[*Shape]int{}}
	for _, op := range s.Operations {
		t.add(op.Input)
		t.add(op.Output)
	}
	for _, x := range s.Errors {
		t.add(x.Shape)
	}
	return t
}

func (e *encoder) shapes(t shapeTable) {
	e.number(len(t.list))
	for _, s := range t.list {
		e.shape(s, &t)
	}
}

func (e *encoder) shape(s *Shape, t *shapeTable) {
	e.text(s.Name)
	e.number(int(s.Kind))
	format := e.place(timestampFormats, s.TimestampFormat)
	e.flags(s.Flattened, s.Sparse, s.Union, s.HasMin, s.HasMax, s.Payload != "", format > 0, s.XMLNamespace != "",
		s.Pattern != "", len(s.Enum) > 0)
	if s.HasMin {
		e.text(formatNumber(s.Min))
	}
	if s.HasMax {
		e.text(formatNumber(s.Max))
	}
	if s.Payload != "" {
		e.text(s.Payload)
	}
	if format > 0 {
		e.number(format)
	}
	if s.XMLNamespace != "" {
		e.text(s.XMLNamespace)
	}
	if s.Pattern != "" {
		e.text(s.Pattern)
	}
	if len(s.Enum) > 0 {
		e.texts(s.Enum)
	}
	switch s.Kind {
	case Structure:
		e.number(len(s.Members))
		for _, m := range s.Members {
			e.text(m.Name)
			e.member(m, t)
		}
	case Map:
		e.member(s.Key, t)
		e.member(s.Element, t)
	case List:
		e.member(s.Element, t)
	}
}

func formatNumber(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

func (e *encoder) member(m *Member, t *shapeTable) {
	location := e.place(locations, m.Location)
	format := e.place(timestampFormats, m.TimestampFormat)
	e.number(t.reference(m.Shape))
	e.flags(m.LocationName != m.Name, m.Required, location > 0, m.Flattened, m.Sensitive, m.Idempotency, m.QueryName != "",
		m.XMLAttribute, m.HostLabel, m.Streaming, m.JSONValue, format > 0, m.XMLNamespace != "")
	if m.LocationName != m.Name {
		e.text(m.LocationName)
	}
	if location > 0 {
		e.number(location)
	}
	if m.QueryName != "" {
		e.text(m.QueryName)
	}
	if format > 0 {
		e.number(format)
	}
	if m.XMLNamespace != "" {
		e.text(m.XMLNamespace)
		e.text(m.XMLPrefix)
	}
}
