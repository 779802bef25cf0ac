// Chooses the visitor's own time zone in a select marked data-guess-zone, adding it where it is missing.
for (const select of document.querySelectorAll("select[data-guess-zone]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) continue;
  if (![...select.options].some((option) => option.value === zone)) {
    select.add(new Option(zone.split("/").pop().replaceAll("_", " "), zone), 0);
  }
  select.value = zone;
}
