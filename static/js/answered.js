// This page answers a form. Back and Reload open its address, instead of the browser's question whether to send the form again.
window.history.replaceState(null, "", window.location.href);
