// Renders templates with Go's own packages, for comparison: reads a JSON list of {t, html, missing} from standard
// input, writes a JSON list of {out, err}. The data is the same as in ../template-go.test.ts.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	htmltemplate "html/template"
	"os"
	"strings"
	"text/template"
)

type request struct {
	T       string `json:"t"`
	HTML    bool   `json:"html"`
	Missing string `json:"missing"`
}

type reply struct {
	Out string `json:"out"`
	Err string `json:"err"`
}

type alert struct {
	Status  string
	Labels  map[string]string
	Count   int
	Ratio   float64
	Nothing any
}

func (alert) Repeat(text string, times int) string { return strings.Repeat(text, times) }
func (alert) Fail() (string, error)                { return "", errors.New("no luck") }

var functions = map[string]any{
	"upper": strings.ToUpper,
	"join":  func(sep string, parts []string) string { return strings.Join(parts, sep) },
	"add":   func(a, b int) int { return a + b },
	"half":  func(a float64) float64 { return a / 2 },
	"fail":  func() (string, error) { return "", errors.New("boom") },
	"list":  func(items ...any) []any { return items },
	"html_": func(text string) htmltemplate.HTML { return htmltemplate.HTML(text) },
	"url_":  func(text string) htmltemplate.URL { return htmltemplate.URL(text) },
}

func data() map[string]any {
	labels := map[string]string{"k": "v", "sev": "crit<>", "a-b": "dash"}
	return map[string]any{
		"text":   "hé<b>\"",
		"other":  "it's & that\n</script>",
		"url":    "javascript:alert(1)",
		"good":   "https://x.org/a b?c=d&e=f#g",
		"int":    42,
		"neg":    -3,
		"zero":   0,
		"float":  2.5,
		"whole":  1e7,
		"yes":    true,
		"no":     false,
		"nil":    nil,
		"blank":  "",
		"list":   []string{"a", "b<", "c"},
		"mixed":  []any{1, "x", nil, 2.5, true, []string{"y"}, map[string]any{"z": 1}},
		"empty":  []string{},
		"map":    map[string]any{"b": 2, "a": "x", "n": nil, "deep": map[string]any{"er": "v"}},
		"labels": labels,
		"alert":  alert{Status: "firing", Labels: labels, Count: 7, Ratio: 2.25},
		"alerts": []any{
			alert{Status: "firing", Labels: map[string]string{"i": "1"}, Count: 1, Ratio: 1},
			alert{Status: "resolved", Labels: map[string]string{"i": "2"}, Count: 2, Ratio: 0.5},
		},
	}
}

func render(r request) (out string, err error) {
	missing := "missingkey=" + r.Missing
	if r.Missing == "" {
		missing = "missingkey=default"
	}
	var buffer bytes.Buffer
	if r.HTML {
		t, err := htmltemplate.New("n").Funcs(functions).Option(missing).Parse(r.T)
		if err != nil {
			return "", err
		}
		err = t.Execute(&buffer, data())
		return buffer.String(), err
	}
	t, err := template.New("n").Funcs(functions).Option(missing).Parse(r.T)
	if err != nil {
		return "", err
	}
	err = t.Execute(&buffer, data())
	return buffer.String(), err
}

func main() {
	var requests []request
	if err := json.NewDecoder(os.Stdin).Decode(&requests); err != nil {
		panic(err)
	}
	replies := make([]reply, 0, len(requests))
	for _, r := range requests {
		out, err := render(r)
		one := reply{Out: out}
		if err != nil {
			one = reply{Err: err.Error()}
		}
		replies = append(replies, one)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(replies); err != nil {
		panic(err)
	}
}
