import { render } from "preact";
import { App } from "./app";
import { startTheme } from "./parts/theme";
import "./style/base.css";
import "./style/parts.css";
import "./style/screens.css";
import "./style/map.css";
import "./style/picture.css";
import "./style/search.css";
import "./style/filing.css";

startTheme();
render(<App />, document.getElementById("app")!);
