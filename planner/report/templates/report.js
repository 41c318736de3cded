(function () {
  "use strict";
  var text = document.getElementById("filter-text");
  var joint = document.getElementById("filter-joint");
  var count = document.getElementById("filter-count");
  if (!text) { return; }
  var rows = Array.prototype.slice.call(document.querySelectorAll("#visits tbody tr"));
  function apply() {
    var words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    var shown = 0;
    rows.forEach(function (row) {
      var content = row.textContent.toLowerCase();
      var fits = words.every(function (word) { return content.indexOf(word) >= 0; });
      row.hidden = !fits || (joint.checked && row.dataset.joint !== "1");
      if (!row.hidden) { shown += 1; }
    });
    count.textContent = count.dataset.template.replace("{shown}", shown).replace("{all}", rows.length);
  }
  text.addEventListener("input", apply);
  joint.addEventListener("change", apply);
  apply();
})();
