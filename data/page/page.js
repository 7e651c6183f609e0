// The price as it changes, while the page is looked at. Without it the page says what held when it was made.
(function () {
  'use strict';
  var box = document.getElementById('price');
  if (!box || !window.EventSource) { return; }
  var source = null;
  function show(event) {
    var value = JSON.parse(event.data);
    ['amount', 'unit', 'was', 'why', 'held', 'asof'].forEach(function (name) {
      var part = document.getElementById(name);
      if (part && typeof value[name] === 'string' && part.textContent !== value[name]) {
        part.textContent = value[name];
        part.hidden = value[name] === '';
      }
    });
    box.setAttribute('data-version', value.version);
  }
  function open() {
    if (source || document.hidden) { return; }
    source = new EventSource(box.getAttribute('data-live'));
    source.addEventListener('price', show);
  }
  function close() {
    if (source) { source.close(); source = null; }
  }
  document.addEventListener('visibilitychange', function () { document.hidden ? close() : open(); });
  open();
}());
