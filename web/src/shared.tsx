/** The page that is shared: the same screens, from files, to look at. */

import { render } from "preact";
import { App, SCREENS } from "./app";
import { Still } from "./data/still";
import { startTheme } from "./parts/theme";
import { StillPicture } from "./screens/StillPicture";
import { source, title } from "./store";
import "./style/base.css";
import "./style/parts.css";
import "./style/screens.css";
import "./style/map.css";
import "./style/still.css";

/** What needs no server. */
const LOOKED_AT = ["groups", "group", "map"];
const known = Object.entries(SCREENS).filter(([name]) => LOOKED_AT.includes(name));

const still = new Still();
source.value = still;
title.value = document.title;
startTheme();
render(
  <App screens={{ ...Object.fromEntries(known), picture: () => <StillPicture still={still} /> }} />,
  document.getElementById("app")!,
);
