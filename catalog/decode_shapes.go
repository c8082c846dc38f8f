package catalog

import "strconv"

// shapes reads a service's shapes; the first is nil, so that 0 is no shape.
func (d *decoder) shapes() []*Shape {
	list := make([]Shape, d.count())
	shapes := make([]*Shape, len(list)+1)
	for i := range list {
		shapes[i+1] = &list[i]
	}
	for i := range list {
		d.shape(&list[i], shapes)
	}
	return shapes
}

func (d *decoder) shape(s *Shape, shapes []*Shape) {
	s.Name = d.text()
	s.Kind = Kind(d.number())
	flags := d.number()
	on := func(bit int) bool { return flags&(1<<bit) != 0 }
	s.Flattened, s.Sparse, s.Union, s.HasMin, s.HasMax = on(0), on(1), on(2), on(3), on(4)
	if s.HasMin {
		s.Min = d.float()
	}
	if s.HasMax {
		s.Max = d.float()
	}
	if on(5) {
		s.Payload = d.text()
	}
	if on(6) {
		s.TimestampFormat = of(d, timestampFormats, d.number())
	}
	if on(7) {
		s.XMLNamespace = d.text()
	}
	if on(8) {
		s.Pattern = d.text()
	}
	if on(9) {
		s.Enum = d.texts()
	}
	switch s.Kind {
	case Structure:
		d.members(s, shapes)
	case Map:
		s.Key = &Member{Name: "key"}
		s.Element = &Member{Name: "value"}
		d.member(s.Key, shapes)
		d.member(s.Element, shapes)
	case List:
		s.Element = &Member{Name: "member"}
		d.member(s.Element, shapes)
	}
}

func (d *decoder) float() float64 {
	f, err := strconv.ParseFloat(d.text(), 64)
	if err != nil {
		d.fail()
	}
	return f
}

func (d *decoder) members(s *Shape, shapes []*Shape) {
	list := make([]Member, d.count())
	s.Members = make([]*Member, len(list))
	s.byName = make(map[string]*Member, len(list))
	for i := range list {
		m := &list[i]
		m.Name = d.text()
		d.member(m, shapes)
		s.Members[i] = m
		s.byName[m.Name] = m
	}
}

func (d *decoder) member(m *Member, shapes []*Shape) {
	m.Shape = of(d, shapes, d.number())
	flags := d.number()
	on := func(bit int) bool { return flags&(1<<bit) != 0 }
	m.LocationName = m.Name
	if on(0) {
		m.LocationName = d.text()
	}
	m.Required = on(1)
	if on(2) {
		m.Location = of(d, locations, d.number())
	}
	m.Flattened, m.Sensitive, m.Idempotency = on(3), on(4), on(5)
	if on(6) {
		m.QueryName = d.text()
	}
	m.XMLAttribute, m.HostLabel, m.Streaming, m.JSONValue = on(7), on(8), on(9), on(10)
	if on(11) {
		m.TimestampFormat = of(d, timestampFormats, d.number())
	}
	if on(12) {
		m.XMLNamespace = d.text()
		m.XMLPrefix = d.text()
	}
}
