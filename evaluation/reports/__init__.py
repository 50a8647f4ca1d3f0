"""Reports of an evaluation: for people (HTML, terminal), for programs (JSON), and the gate."""
